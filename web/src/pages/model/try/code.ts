/** code: the lines that ask the same from a program, with the real address. Plain functions. */

import type { Snippet } from '../../code-card/snippet'
import type { Row } from './form'

interface Asked {
  readonly origin: string
  readonly id: string
  readonly row: Row
}

function address({ origin, id }: Asked): string {
  return `${origin}/api/models/${encodeURIComponent(id)}/predict`
}

/** In single quotes of a shell, where only the quote itself means something. */
function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** JSON as Python writes it; what a row holds are texts, numbers, and true or false. */
function python(row: Row): string {
  const parts = Object.entries(row).map(([name, value]) => {
    const text = value === true ? 'True' : value === false ? 'False' : JSON.stringify(value)
    return `    ${JSON.stringify(name)}: ${text},`
  })
  return `{\n${parts.join('\n')}\n}`
}

/** Says what was right of one prediction; many go in one request. */
export function labelSnippet(asked: {
  readonly origin: string
  readonly id: string
  readonly prediction: string
  readonly label: unknown
}): Snippet {
  const labels = [{ prediction_id: asked.prediction, label: asked.label }]
  return {
    name: 'curl',
    text: [
      `curl ${asked.origin}/api/models/${encodeURIComponent(asked.id)}/feedback \\`,
      '  -H "Authorization: Bearer $BELLWETHER_TOKEN" \\',
      "  -H 'Content-Type: application/json' \\",
      `  -d ${shell(JSON.stringify({ labels }))}`,
    ].join('\n'),
  }
}

export function snippets(asked: Asked): Snippet[] {
  const url = address(asked)
  const json = JSON.stringify(asked.row)
  return [
    {
      name: 'curl',
      text: [
        `curl ${url} \\`,
        '  -H "Authorization: Bearer $BELLWETHER_TOKEN" \\',
        "  -H 'Content-Type: application/json' \\",
        `  -d ${shell(json)}`,
      ].join('\n'),
    },
    {
      name: 'Python',
      text: [
        'import json, os, urllib.request',
        '',
        `row = ${python(asked.row)}`,
        'request = urllib.request.Request(',
        `    ${JSON.stringify(url)},`,
        '    data=json.dumps(row).encode(),',
        '    headers={',
        '        "Authorization": "Bearer " + os.environ["BELLWETHER_TOKEN"],',
        '        "Content-Type": "application/json",',
        '    },',
        ')',
        'with urllib.request.urlopen(request) as answer:',
        '    print(json.load(answer)["prediction"])',
      ].join('\n'),
    },
    {
      name: 'JavaScript',
      text: [
        `const answer = await fetch(${JSON.stringify(url)}, {`,
        "  method: 'POST',",
        '  headers: {',
        '    authorization: `Bearer ${process.env.BELLWETHER_TOKEN}`,',
        "    'content-type': 'application/json',",
        '  },',
        `  body: JSON.stringify(${json}),`,
        '})',
        'console.log((await answer.json()).prediction)',
      ].join('\n'),
    },
  ]
}
