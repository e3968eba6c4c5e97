"""Parameter Store and Secrets Manager of the account in test/cases/aws/account.json, over HTTP as AWS speaks it.

    /usr/bin/python3 test/record/aws_account.py

Prints its port, and serves until its standard input ends. It pages, seals, refuses and throttles as AWS does; it knows who calls
by the key's id and which region is meant by the signature's scope, and does not check the signature itself.
"""

import base64
import http.server
import json
import os
import re
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES_MAX = 10
SECRETS_PER_PAGE = 2
PARAMETER_NAME = re.compile(r'^[\w./-]+(:[\w.-]+)?$|^arn:')


class Refusal(Exception):
    """An error as AWS answers it."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Parameters:
    """What Parameter Store does for one caller in one region."""

    def __init__(self, account):
        self.account = account
        self.parameters = account.get('parameters', {})

    def call(self, action, given):
        if action == 'GetParameter':
            return {'Parameter': self.get(given['Name'], given)}
        if action == 'GetParameters':
            return self.get_several(given)
        if action == 'GetParametersByPath':
            return self.get_below(given)
        raise Refusal('UnknownOperationException', action)

    def get_several(self, given):
        names = given['Names']
        if len(names) > NAMES_MAX:
            raise Refusal('ValidationException', 'Member must have length less than or equal to %d' % NAMES_MAX)
        if len(set(names)) < len(names):
            raise Refusal('ValidationException', 'Duplicate names')
        found, invalid = [], []
        for name in names:
            try:
                found.append(self.get(name, given))
            except Refusal as refusal:
                if refusal.code != 'ParameterNotFound':
                    raise
                invalid.append(name)
        return {'Parameters': found, 'InvalidParameters': invalid}

    def get(self, name, given):
        if not PARAMETER_NAME.match(name):
            raise Refusal('ValidationException', 'Invalid parameter name. Please use correct syntax for referencing a version/label <name>:<version/label>')
        plain, _, selector = re.sub('^arn:aws:ssm:[^:]*:[^:]*:parameter', '', name).partition(':')
        self.admit('GetParameter', plain)
        if plain not in self.parameters or selector not in ('', '1', 'live'):
            raise Refusal('ParameterNotFound', '')
        return self.describe(plain, given, name)

    def get_below(self, given):
        path = given['Path'].rstrip('/') + '/'
        self.admit('GetParametersByPath', given['Path'])
        names = sorted(name for name in self.parameters if name.startswith(path)
                       and (given.get('Recursive') or '/' not in name[len(path):]))
        start = int(given.get('NextToken', 0))
        page = [self.describe(name, given, name) for name in names[start:start + NAMES_MAX]]
        rest = {'NextToken': str(start + NAMES_MAX)} if start + NAMES_MAX < len(names) else {}
        return dict(rest, Parameters=page)

    def describe(self, name, given, asked):
        value = self.parameters[name]
        is_secure = isinstance(value, dict)
        text = value['secure'] if is_secure else value
        if is_secure and not given.get('WithDecryption'):
            text = 'AQICAHh-sealed-' + base64.b64encode(name.encode()).decode()
        return {
            'Name': asked if asked.startswith('arn:') else name, 'Type': 'SecureString' if is_secure else 'String',
            'Value': text, 'Version': 1, 'LastModifiedDate': 1790000000.5, 'DataType': 'text',
            'ARN': 'arn:aws:ssm:eu-central-1:111122223333:parameter/' + name.lstrip('/'),
        }

    def admit(self, operation, name):
        if any(name.startswith(start) for start in self.account.get('denied', [])):
            raise Refusal('AccessDeniedException',
                          'User: arn:aws:iam::111122223333:user/me is not authorized to perform: ssm:%s on resource: %s' % (operation, name))


class Secrets:
    """What Secrets Manager does for one caller in one region."""

    def __init__(self, account):
        self.account = account
        self.secrets = account.get('secrets', {})

    def call(self, action, given):
        if action == 'GetSecretValue':
            return self.get(given)
        if action == 'ListSecrets':
            return self.list(given)
        raise Refusal('UnknownOperationException', action)

    def get(self, given):
        name = re.sub(r'^arn:aws:secretsmanager:[^:]*:[^:]*:secret:(.*)-\w{6}$', r'\1', given['SecretId'])
        if any(name.startswith(start) for start in self.account.get('denied', [])):
            raise Refusal('AccessDeniedException', 'User: arn:aws:iam::111122223333:user/me is not authorized to perform: '
                                                   'secretsmanager:GetSecretValue on resource: %s' % name)
        if name not in self.secrets:
            raise Refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
        secret = self.secrets[name]
        if secret.get('deleted'):
            raise Refusal('InvalidRequestException',
                          "You can't perform this operation on the secret because it was marked for deletion.")
        for version in secret['versions']:
            if given.get('VersionId') in (None, version['id']) and given.get('VersionStage', 'AWSCURRENT') in version['stages'] \
                    or 'VersionStage' not in given and given.get('VersionId') == version['id']:
                value = {'SecretBinary': version['binary']} if 'binary' in version else {'SecretString': version['text']}
                return dict(value, Name=name, ARN='arn:aws:secretsmanager:eu-central-1:111122223333:secret:%s-AbCdEf' % name,
                            VersionId=version['id'], VersionStages=version['stages'], CreatedDate=1790000000.5)
        raise Refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret value for VersionId: %s"
                      % given.get('VersionId'))

    def list(self, given):
        if self.account.get('lists') is False:
            raise Refusal('AccessDeniedException', 'User: arn:aws:iam::111122223333:user/me is not authorized to perform: '
                                                   'secretsmanager:ListSecrets because no identity-based policy allows it')
        starts = [value for each in given.get('Filters', []) if each['Key'] == 'name' for value in each['Values']]
        names = [name for name in sorted(self.secrets)
                 if any(name.startswith(start) for start in starts) and not self.secrets[name].get('deleted') == 'gone']
        first = int(given.get('NextToken', 0))
        rest = {'NextToken': str(first + SECRETS_PER_PAGE)} if first + SECRETS_PER_PAGE < len(names) else {}
        return dict(rest, SecretList=[{'Name': name} for name in names[first:first + SECRETS_PER_PAGE]])


class Handler(http.server.BaseHTTPRequestHandler):
    """Finds out who asks whom for what. `GET /calls` gives the calls so far, and forgets them."""

    protocol_version = 'HTTP/1.1'
    accounts = {}
    calls = []
    busy = {}

    def do_GET(self):
        shown, Handler.calls = Handler.calls, []
        self.send(200, shown)

    def do_POST(self):
        given = json.loads(self.rfile.read(int(self.headers.get('Content-Length') or 0)) or b'{}')
        service, _, action = self.headers['X-Amz-Target'].partition('.')
        try:
            self.send(200, self.answer(service, action, given))
        except Refusal as refusal:
            self.send(500 if refusal.code == 'InternalServerError' else 400, {'__type': refusal.code, 'message': str(refusal)})

    def answer(self, service, action, given):
        key, region = self.caller()
        Handler.calls.append({'action': action, 'input': given, 'key': key, 'region': region,
                              'token': self.headers.get('X-Amz-Security-Token')})
        account = self.accounts.get(key, {}).get(region)
        if account is None:
            raise Refusal('UnrecognizedClientException', 'The security token included in the request is invalid.')
        text = json.dumps(given)
        for name, times in account.get('busy', {}).items():
            if name in text and Handler.busy.setdefault(name, times) > 0:
                Handler.busy[name] -= 1
                raise Refusal('ThrottlingException', 'Rate exceeded')
        kind = Parameters if service == 'AmazonSSM' else Secrets
        return kind(account).call(action, given)

    def caller(self):
        found = re.search(r'Credential=([^/]+)/\d+/([^/]+)/', self.headers.get('Authorization', ''))
        if not found:
            raise Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token')
        return found.groups()

    def send(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/x-amz-json-1.1')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_words):
        """Say nothing."""


def main():
    with open(os.path.join(HERE, '..', 'cases', 'aws', 'account.json'), encoding='utf-8') as file:
        Handler.accounts = json.load(file)
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


main()
