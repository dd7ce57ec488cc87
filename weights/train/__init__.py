"""How our own small models are trained; nothing here is needed to run one."""
