"""Forms of the library."""

from django import forms

from bangfu.library import files


class OfficialFileForm(forms.Form):
    """The official file of a text and the number printed in it."""

    number = forms.CharField(label="文件上的文号", max_length=80)
    file = forms.FileField(label="文件", widget=forms.FileInput(attrs={"accept": files.ACCEPT}))
