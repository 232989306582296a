"""How this interpreter was built, for `sysconfig`: nothing can be built in the sandbox."""

build_time_vars = {"TZPATH": ""}
