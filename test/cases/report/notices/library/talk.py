#!/usr/bin/python
"""A module that warns, deprecates, fails and crashes when asked to."""

from ansible.module_utils.basic import AnsibleModule


def main():
    module = AnsibleModule(argument_spec={
        "text": {"default": "x"}, "fail": {"type": "bool"}, "crash": {"type": "bool"},
        "trace": {"type": "bool"}, "changed": {"type": "bool"}})
    module.warn("This is a warning about %s that goes on for longer than the terminal has columns, so it is "
                "wrapped at word--boundaries and at super-califragilistic-words" % module.params["text"])
    module.warn("short")
    module.warn("averyveryverylongwordwithoutanyspace" * 4 + "-" + "x" * 100)
    module.deprecate("The old way", version="2.99", collection_name="ansible.builtin")
    module.deprecate("The other way is gone soon!", date="2030-01-01", collection_name="ns.col")
    module.deprecate("Who knows")
    if module.params["crash"]:
        raise ValueError("it crashed\nwith two lines")
    if module.params["fail"]:
        extra = {"exception": "Traceback\n  File x\nNameError: gone\n"} if module.params["trace"] else {}
        module.fail_json(msg="failed for %s" % module.params["text"], **extra)
    module.exit_json(changed=bool(module.params["changed"]), number=1.0, big=2 ** 70, text=u"grüße \u2028 \x01")


main()
