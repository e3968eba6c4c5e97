"""A web server whose answers are always the same, for the cases of test/cases/uri.

    /usr/bin/python3 test/record/web_server.py

Prints its port, and serves until its standard input ends.
"""

import base64
import gzip
import http.server
import json
import sys
import threading
import time

SHOWN_HEADERS = ('Accept', 'Authorization', 'Cache-Control', 'Content-Length', 'Content-Type', 'Cookie', 'User-Agent', 'X-Own')


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by the path's first word; what is behind it is its argument."""

    protocol_version = 'HTTP/1.1'

    def _answer(self):
        word, _, argument = self.path[1:].partition('?')[0].partition('/')
        length = int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(length).decode()
        if word == 'echo':
            headers = dict((name, self.headers[name]) for name in SHOWN_HEADERS if name in self.headers)
            shown = {'method': self.command, 'path': self.path, 'headers': headers, 'body': body}
            self._send(200, json.dumps(shown), {'Content-Type': 'application/json'})
        elif word == 'status':
            self._send(int(argument), 'status %s' % argument, {'X-Twice': 'a'})
        elif word == 'redirect':
            status, _, target = argument.partition('/')
            self._send(int(status), 'elsewhere', {'Location': '/' + target})
        elif word == 'text':
            self._send(200, 'süß\n', {'Content-Type': 'text/plain; charset=utf-8'})
        elif word == 'broken':
            self._send(200, '{"a":', {'Content-Type': 'application/json'})
        elif word == 'problem':
            self._send(422, '{"why": "no"}', {'Content-Type': 'application/problem+json'})
        elif word == 'gzip':
            self._send(200, gzip.compress(b'packed', mtime=0), {'Content-Encoding': 'gzip', 'Content-Type': 'text/plain'})
        elif word == 'cookies':
            self._send(200, '', {'Set-Cookie': 'a=1; Path=/', 'X-Own': 'b'})
        elif word == 'slow':
            time.sleep(3)
            self._send(200, 'late', {})
        elif word == 'closed':
            self.close_connection = True
        elif word == 'login':
            self._login()
        else:
            self._send(404, 'nothing here', {})

    def _login(self):
        given = self.headers.get('Authorization', '')
        if given == 'Basic ' + base64.b64encode(b'me:secret').decode():
            self._send(200, 'welcome', {'Content-Type': 'text/plain'})
        else:
            self._send(401, 'who are you', {'WWW-Authenticate': 'Basic realm="here"'})

    def _send(self, status, body, headers):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(data)))
        self.send_header('Connection', 'close')
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _answer

    def log_message(self, *_words):
        """Say nothing."""


def main():
    """Serve."""
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == '__main__':
    main()
