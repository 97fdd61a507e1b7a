/*
 * The rooms and who may see whom: db, mail -> tickets -> desks -> inbound | outbound -> rules -> gateway -> config ->
 * web, cli, app, main. CONTRIBUTING.md says what each room is for.
 */
const order = [['db', 'mail'], ['tickets'], ['desks'], ['inbound', 'outbound'], ['rules'], ['gateway'], ['config']]

/** What judges and renders: no disk, no network, no clock, no log, no database. */
const core = [
  '^src/mail/',
  '^src/rules/',
  '^src/tickets/(?!(store|[a-z-]+-store))',
  '^src/inbound/(message|parse|origin|bounce|reply-text|language)\\.ts$',
  '^src/outbound/(compose|retry)\\.ts$',
].join('|')

const top = 'src/(web|cli)/|src/(app|main|loop)\\.ts'

const roomRules = order.flatMap((rooms, index) =>
  rooms.map((room) => {
    const above = order.slice(index + 1).flat()
    const beside = rooms.filter((other) => other !== room)
    const closed = [...above, ...beside].map((other) => `src/${other}/`)
    return {
      name: `room-order-${room}`,
      comment: `${room} stands below (or beside) what it imports here`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: `^(${[...closed, top].join('|')})` },
    }
  }),
)

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'rules-without-store',
      comment: 'rules judge what they are given; they ask no database',
      severity: 'error',
      from: { path: '^src/rules/' },
      to: { path: '(^|/|-)store\\.ts$|^src/db/' },
    },
    {
      name: 'pure-core',
      comment: 'the core does no input or output and writes no log',
      severity: 'error',
      from: { path: core },
      to: {
        path: [
          '^(node:)?(fs|fs/promises|net|tls|http|https|http2|dgram|dns|dns/promises|child_process|cluster|worker_threads|timers|timers/promises|process)$',
          '^src/(db/|log\\.ts|package-root\\.ts)',
          '(^|/|-)store\\.ts$',
          'node_modules/(pino|postgres|imapflow|nodemailer|smtp-server)/',
        ].join('|'),
      },
    },
    {
      name: 'web-and-cli-apart',
      comment: 'pages and commands share what lies below them, not each other',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'sources-without-tests',
      comment: 'the program does not need its tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-cycles',
      comment: 'types may speak of each other (a rule of its context, a context of its rules); values may not',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-development-packages',
      comment: 'what runs is a dependency, not a development dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'not-resolvable', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
    { name: 'no-orphans', severity: 'warn', from: { orphan: true, pathNot: '\\.d\\.ts$' }, to: {} },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], mainFields: ['main', 'types'] },
  },
}
