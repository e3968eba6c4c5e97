def greet(name):
    from ansible.module_utils.punctuation.marks import MARK
    return "hello " + name + MARK
