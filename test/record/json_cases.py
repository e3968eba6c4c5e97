"""Record how Python's json module reads and writes the cases of test/cases/json/cases.json."""

import json
import os

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cases', 'json')


def answer(text, options):
    """Read a text and write it again; an error of reading is the answer then."""
    try:
        value = json.loads(text)
    except ValueError as error:
        return {'error': str(error)}
    options = dict(options)
    if 'separators' in options:
        options['separators'] = tuple(options['separators'])
    return {'text': json.dumps(value, **options)}


def main():
    """Write the expectations beside the cases."""
    with open(os.path.join(CASES, 'cases.json'), encoding='utf-8') as stream:
        suite = json.load(stream)
    answers = [[answer(text, options) for options in suite['options']] for text in suite['texts']]
    with open(os.path.join(CASES, 'cases.expected.json'), 'w', encoding='utf-8') as stream:
        json.dump(answers, stream, indent=1)
        stream.write('\n')


if __name__ == '__main__':
    main()
