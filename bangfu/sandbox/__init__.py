"""政策沙盘: a rule is tried out on the register before anybody decides it."""
