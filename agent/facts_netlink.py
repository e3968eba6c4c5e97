"""Asks the kernel for addresses and routes over netlink, as `ip` does, without starting a program."""

import os
import socket
import struct

NEW_ADDRESS, GET_ADDRESS, NEW_ROUTE, GET_ROUTE = 20, 22, 24, 26
IS_REQUEST, IS_DUMP = 0x1, 0x300
DONE, ERROR = 3, 2
SECONDARY = 0x1
UNICAST = 1
# Attributes of an address, and of a route.
ADDRESS, LOCAL, LABEL, BROADCAST, FLAGS = 1, 2, 3, 4, 8
DESTINATION, INTERFACE, GATEWAY, SOURCE, VIA = 1, 4, 5, 7, 18
SCOPES = {0: 'global', 200: 'site', 253: 'link', 254: 'host', 255: 'nowhere'}
_RECEIVE_BYTES = 1 << 16
_SECONDS = 5


def addresses():
    """Return all addresses as dicts, in the kernel's order; none where there is no netlink."""
    found = []
    for body in _ask(GET_ADDRESS, IS_DUMP, struct.pack('=BBBBI', 0, 0, 0, 0, 0), NEW_ADDRESS):
        family, prefix, flags, scope, index = struct.unpack_from('=BBBBI', body)
        if family not in (socket.AF_INET, socket.AF_INET6):
            continue
        values = _attributes(body[8:])
        own = values.get(LOCAL) or values.get(ADDRESS)
        if own is None:
            continue
        flags = struct.unpack('=I', values[FLAGS])[0] if FLAGS in values else flags
        found.append({
            'family': family, 'index': index, 'prefix': prefix, 'address': socket.inet_ntop(family, own),
            'is_secondary': bool(flags & SECONDARY), 'scope': SCOPES.get(scope, str(scope)),
            'has_peer': values.get(ADDRESS, own) != own,
            'label': values[LABEL].rstrip(b'\0').decode('utf-8', 'replace') if LABEL in values else None,
            'broadcast': socket.inet_ntop(family, values[BROADCAST]) if BROADCAST in values else ''})
    return found


def route(family, destination):
    """Return interface index, gateway and source address of the way to a destination; empty when there is none."""
    wanted = socket.inet_pton(family, destination)
    request = struct.pack('=BBBBBBBBI', family, len(wanted) * 8, 0, 0, 0, 0, 0, 0, 0)
    request += struct.pack('=HH', len(wanted) + 4, DESTINATION) + wanted
    for body in _ask(GET_ROUTE, 0, request, NEW_ROUTE):
        if body[7] != UNICAST:
            break
        values = _attributes(body[12:])
        found = {}
        if INTERFACE in values:
            found['index'] = struct.unpack('=I', values[INTERFACE])[0]
        if SOURCE in values:
            found['address'] = socket.inet_ntop(family, values[SOURCE])
        if GATEWAY in values:
            found['gateway'] = socket.inet_ntop(family, values[GATEWAY])
        elif VIA in values:
            via = struct.unpack_from('=H', values[VIA])[0]
            found['gateway'] = socket.inet_ntop(via, values[VIA][2:])
        return found
    return {}


def _ask(kind, flags, body, wanted):
    """Return the bodies of the wanted messages of an answer; none when the kernel refuses."""
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0) as channel:
            channel.settimeout(_SECONDS)
            channel.bind((0, 0))
            channel.send(struct.pack('=IHHII', 16 + len(body), kind, IS_REQUEST | flags, 1, 0) + body)
            return _receive(channel, flags == IS_DUMP, wanted)
    except OSError:
        return []


def _receive(channel, is_dump, wanted):
    bodies = []
    while True:
        data, place = channel.recv(_RECEIVE_BYTES), 0
        while place < len(data):
            length, kind = struct.unpack_from('=IH', data, place)
            if kind in (DONE, ERROR):
                return bodies
            if kind == wanted:
                bodies.append(data[place + 16:place + length])
            place += (length + 3) & ~3
        if not is_dump:
            return bodies


def _attributes(data):
    values, place = {}, 0
    while place + 4 <= len(data):
        length, kind = struct.unpack_from('=HH', data, place)
        if length < 4:
            break
        values[kind & 0x3fff] = data[place + 4:place + length]
        place += (length + 3) & ~3
    return values


def interface_name(index):
    """Return an interface's name."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return None


def interface_index(name):
    """Return an interface's number."""
    try:
        return socket.if_nametoindex(os.fsencode(name))
    except OSError:
        return None
