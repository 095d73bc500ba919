/** teach: the lines that publish a signal, with the real address. Plain functions. */

import type { Snippet } from '../code-card/snippet'

/** `topic`: what to publish, `app/shop/orders`. */
export function snippets(origin: string, topic: string): Snippet[] {
  const url = JSON.stringify(origin)
  return [
    {
      name: 'curl',
      text: [
        `curl ${origin}/api/publish/${topic} \\`,
        '  -H "Authorization: Bearer $BELLWETHER_TOKEN" \\',
        `  -d '{"kind": "state", "data": {"waiting": 12, "latency_ms": 84}}'`,
      ].join('\n'),
    },
    {
      name: 'Python',
      text: [
        'import asyncio, os',
        'from bellwether_client import Client',
        '',
        'async def main():',
        `    async with Client(${url}, token=os.environ["BELLWETHER_TOKEN"]) as bell:`,
        `        await bell.publish(${JSON.stringify(topic)}, {"waiting": 12, "latency_ms": 84})`,
        '',
        'asyncio.run(main())',
      ].join('\n'),
    },
    {
      name: 'TypeScript',
      text: [
        `const answer = await fetch(${JSON.stringify(`${origin}/api/publish/${topic}`)}, {`,
        "  method: 'POST',",
        '  headers: { authorization: `Bearer ${process.env.BELLWETHER_TOKEN}` },',
        "  body: JSON.stringify({ kind: 'state', data: { waiting: 12, latency_ms: 84 } }),",
        '})',
        'if (!answer.ok) throw new Error((await answer.json()).detail)',
      ].join('\n'),
    },
  ]
}
