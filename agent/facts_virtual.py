"""Facts of virtualization: what the host runs in, and what it could run.

The first sign found decides type and role; every sign adds to the lists of techniques.
"""

import re

DMI = '/sys/devices/virtual/dmi/id/'
CONTAINERS = {'docker', 'lxc', 'podman', 'openvz', 'containerd'}
CGROUPS = (
    (r'/docker(/|-[0-9a-f]+\.scope)', 'docker'), ('/lxc/|/machine.slice/machine-lxc', 'lxc'),
    ('/system.slice/containerd.service', 'containerd'),
)
# What the firmware calls itself in each kind of machine, in the order in which it is asked.
FIRMWARE = (
    ('product_name', ('KVM', 'KVM Server', 'Bochs', 'AHV'), 'kvm'), ('sys_vendor', ('oVirt',), 'oVirt'),
    ('sys_vendor+product_family', ('Red Hat+RHV',), 'RHV'),
    ('sys_vendor+product_name', ('Red Hat+RHEV Hypervisor',), 'RHEV'),
    ('product_name', ('VMware Virtual Platform', 'VMware7,1'), 'VMware'),
    ('product_name', ('OpenStack Compute', 'OpenStack Nova'), 'openstack'), ('bios_vendor', ('Xen',), 'xen'),
    ('bios_vendor', ('innotek GmbH',), 'virtualbox'),
    ('bios_vendor', ('Amazon EC2', 'DigitalOcean', 'Hetzner'), 'kvm'),
    ('sys_vendor', ('QEMU', 'Amazon EC2', 'DigitalOcean', 'Google', 'Scaleway', 'Nutanix'), 'kvm'),
    ('sys_vendor', ('KubeVirt',), 'KubeVirt'), ('sys_vendor', ('Microsoft Corporation',), 'VirtualPC'),
    ('sys_vendor', ('Parallels Software International Inc.',), 'parallels'),
    ('sys_vendor', ('OpenStack Foundation',), 'openstack'),
)
PROCESSORS = (
    ('model name.*QEMU Virtual CPU', 'kvm'), ('vendor_id.*User Mode Linux', 'uml'), ('model name.*UML', 'uml'),
    ('machine.*CHRP IBM pSeries .emulated by qemu.', 'kvm'), ('vendor_id.*PowerVM Lx86', 'powervm_lx86'),
    ('vendor_id.*IBM/S390', 'PR/SM'),
)


class Signs:
    """What was found so far."""

    def __init__(self):
        self.kind = self.role = None
        self.guest = set()
        self.host = set()

    def add(self, kind, role='guest', guest=None, host=None):
        """Take a sign."""
        self.guest.update([guest] if guest else [])
        self.host.update([host] if host else [])
        if self.kind is None:
            self.kind, self.role = kind, role

    def inside(self, kind):
        """Take the sign that the host is a guest of a kind."""
        self.add(kind, guest=kind)


def virtual(host, _facts):
    """Return type and role of virtualization, and all techniques seen."""
    signs = Signs()
    for step in (_containers, _xen, _firmware, _vserver, _processors, _modules):
        step(host, signs)
    if host.exists('/dev/kvm'):
        signs.add('kvm', 'host', host='kvm')
    return {'virtualization_type': signs.kind or 'NA', 'virtualization_role': signs.role or 'NA',
            'virtualization_tech_guest': sorted(signs.guest), 'virtualization_tech_host': sorted(signs.host)}


def _containers(host, signs):
    for line in host.lines('/proc/1/cgroup'):
        for pattern, kind in CGROUPS:
            if re.search(pattern, line):
                signs.inside(kind)
    for variable in host.text('/proc/1/environ', '').split('\0'):
        for kind in ('lxc', 'podman'):
            if 'container=' + kind in variable:
                signs.inside(kind)
        if re.match('container=.', variable):
            signs.inside('container')
    if host.exists('/proc/vz') and not host.exists('/proc/lve'):
        is_host = host.exists('/proc/bc')
        signs.add('openvz', 'host' if is_host else 'guest', **{'host' if is_host else 'guest': 'openvz'})
        signs.kind = 'openvz'
    named = host.text('/run/systemd/container')
    if named:
        signs.inside(named)
    if host.exists('/.dockerenv') or host.exists('/.dockerinit'):
        signs.inside('docker')
    if named or signs.guest & CONTAINERS:
        signs.guest.add('container')


def _xen(host, signs):
    if host.exists('/proc/xen'):
        if 'control_d' in host.text('/proc/xen/capabilities', ''):
            signs.add('xen', 'host', host='xen')
        else:
            signs.add('xen')


def _firmware(host, signs):
    for names, values, kind in FIRMWARE:
        if '+'.join(host.text(DMI + name, '') for name in names.split('+')) in values:
            signs.inside(kind)


def _vserver(host, signs):
    match = re.search(r'^VxID:\s+(\d+)', host.text('/proc/self/status', ''), re.M)
    if match and match.group(1).startswith('0'):
        signs.add('linux_vserver', 'host', host='linux_vserver')
    elif match:
        signs.inside('linux_vserver')


def _processors(host, signs):
    text = host.text('/proc/cpuinfo', '')
    for pattern, kind in PROCESSORS:
        if not re.search('^' + pattern, text, re.M):
            continue
        if kind == 'PR/SM':
            _mainframe(host, signs)
        else:
            signs.inside(kind)


def _mainframe(host, signs):
    out = host.output('lscpu')
    hypervisor = re.search(r'^Hypervisor:\s*(.*?)\s*$', out or '', re.M)
    if out is None:
        kind = 'ibm_systemz'
    else:
        kind = hypervisor.group(1) if hypervisor else 'PR/SM'
    signs.guest.add('PR/SM')
    signs.add(kind, 'LPAR' if kind == 'PR/SM' else 'guest', guest=kind)


def _modules(host, signs):
    modules = set(line.split(' ')[0] for line in host.lines('/proc/modules'))
    if 'kvm' in modules:
        signs.add('kvm', 'host', host='kvm')
        if host.exists('/rhev/') and _has_process(host, ('vdsm', 'vdsmd')):
            signs.host.add('RHEV')
    if 'vboxdrv' in modules:
        signs.add('virtualbox', 'host', host='virtualbox')
    if 'virtio' in modules:
        signs.add('kvm', host='kvm')
    product = _product(host)
    if product.startswith('VMware'):
        signs.inside('VMware')
    if 'BHYVE' in product:
        signs.inside('bhyve')


def _product(host):
    """Return the machine's name, as dmidecode prints it: it has it from the same place where that is there."""
    if not host.program('dmidecode'):
        return ''
    name = host.text(DMI + 'product_name')
    if name is None:
        name = host.output('dmidecode', '-s', 'system-product-name') or ''
    return ''.join(line.strip() for line in name.splitlines() if not line.startswith('#'))


def _has_process(host, names):
    return any(host.text('/proc/%s/comm' % pid) in names for pid in host.names('/proc') if pid.isdigit())
