// Reads guichet.yaml, the desks of its folder, their templates and rules. Whatever is wrong in any of them is said at once.

import { access, constants, readdir, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Desk } from '../desks/desk.ts'
import type { Submitter, TrustSettings } from '../inbound/trust.ts'
import { loadTemplates, type Templates } from '../outbound/template-folder.ts'
import { packageRoot } from '../package-root.ts'
import { capturedBy, compileRules } from '../rules/compile.ts'
import type { CompiledRule } from '../rules/context.ts'
import type { RuleDefinition } from '../rules/schema.ts'
import { checkDesk } from './check-desk.ts'
import { checkDesksTogether, checkInstance } from './check-instance.ts'
import { type ConfigFile, readConfigFile } from './document.ts'
import { type Fault, pathWords, type Report, sortFaults } from './fault.ts'
import { schemaFaults } from './issues.ts'
import { salvage } from './salvage.ts'
import { type DeskFile, deskFileSchema, type InstanceSettings, instanceSchema } from './schema.ts'
import { type Environment, readSecret, type SecretResult } from './secret.ts'

/** A whole configuration, checked. */
export interface Configuration {
  /** The folder of guichet.yaml, which relative paths begin at. */
  readonly folder: string
  readonly settings: InstanceSettings
  readonly desks: ReadonlyMap<string, Desk>
  /** By desk: the rules of the shared sets it uses, then its own. */
  readonly rules: ReadonlyMap<string, readonly CompiledRule[]>
  readonly templates: Templates
  readonly trust: TrustSettings
  /** SMTP AUTH: password by user, lower case; users whose password is not set cannot log in. */
  readonly logins: ReadonlyMap<string, string>
  /** Reads a secret again, for those that change while the gateway runs (OAuth tokens). */
  readonly readSecret: (reference: string) => Promise<SecretResult>
}

export interface Loaded {
  /** null when there are faults. */
  readonly configuration: Configuration | null
  readonly faults: readonly Fault[]
}

interface DeskRead {
  readonly file: ConfigFile
  readonly desk: DeskFile
  readonly report: Report
}

const reporter =
  (file: ConfigFile, faults: Fault[]): Report =>
  (path, message, hint) => {
    faults.push({
      file: file.file,
      ...file.place(path),
      path: pathWords(path),
      message,
      ...(hint === undefined ? {} : { hint }),
    })
  }

const readingFault = (file: string, error: unknown, what: string): Fault => {
  const code = (error as NodeJS.ErrnoException).code
  const why =
    code === 'ENOENT'
      ? 'does not exist'
      : code === 'EACCES'
        ? 'cannot be read: permission denied'
        : `cannot be read (${code ?? String(error)})`
  return { file, line: 1, column: 1, path: '', message: `${what} ${why}` }
}

/** Loads the configuration whose main file is `path`. Faults name files as `path` does: relative to it when it is relative. */
export async function loadConfiguration(path: string, env: Environment): Promise<Loaded> {
  const faults: Fault[] = []
  const folder = resolve(dirname(path))
  const main = await readFile(path, 'utf8').then(
    (text) => readConfigFile(path, text),
    (error: unknown) => {
      faults.push({
        ...readingFault(path, error, 'the configuration file'),
        hint: 'GUICHET_CONFIG names it; without, it is ./guichet.yaml',
      })
      return null
    },
  )
  if (!main) return { configuration: null, faults }
  faults.push(...main.faults)
  const parsed = main.faults.length === 0 ? instanceSchema.safeParse(main.value ?? {}) : null
  if (parsed && !parsed.success) faults.push(...schemaFaults(main, instanceSchema, parsed.error.issues))
  const settings = parsed?.success
    ? parsed.data
    : parsed
      ? (salvage(instanceSchema, main.value, parsed.error.issues) ?? null)
      : null
  // The desks are read even when the main file has faults, so that theirs are seen too.
  const { desks, unread } = await readDesks(path, deskFolder(main.value), faults)
  checkDesksTogether(desks, settings)
  const templates = await loadTemplates(
    resolve(folder, settings?.templates ?? './templates'),
    desks.map(({ desk }) => desk),
    { base: join(packageRoot, 'templates') },
  )
  if (desks.length > 0)
    faults.push(
      ...templates.faults.map((fault) => ({
        ...fault,
        file: join(beside(path, settings?.templates ?? './templates'), fault.file),
        path: '',
      })),
    )
  const rules = new Map<string, readonly CompiledRule[]>()
  for (const read of desks) rules.set(read.desk.desk, readRules(read, settings, main, templates.templates, faults))
  if (!settings) return { configuration: null, faults: sortFaults(faults) }
  await checkContacts(desks, resolve(folder, settings.desks))
  checkInstance(settings, [...desks.map(({ desk }) => desk.desk), ...unread], reporter(main, faults))
  await checkSecrets(settings, env, folder, reporter(main, faults))
  const { logins, submitters } = await readLogins(desks, env, folder)
  const services = settings.trust['authentication-results'].map(({ 'authserv-id': authservId, from, hops }) => ({
    authservId,
    from,
    hops,
  }))
  const forwarders = [
    ...new Set(desks.flatMap(({ desk }) => desk['trusted-forwarders'].map((domain) => domain.toLowerCase()))),
  ]
  const configuration: Configuration = {
    folder,
    settings,
    desks: new Map(desks.map(({ desk }) => [desk.desk, withoutRules(desk)])),
    rules,
    templates: templates.templates,
    trust: { services, forwarders, submitters },
    logins,
    readSecret: (reference) => readSecret(reference, env, folder),
  }
  return faults.length > 0 ? { configuration: null, faults: sortFaults(faults) } : { configuration, faults: [] }
}

/** A path as faults show it: beside the main file, unless it is absolute. */
const beside = (path: string, named: string): string => (isAbsolute(named) ? named : join(dirname(path), named))

function withoutRules({ rules: _rules, ...desk }: DeskFile): Desk {
  return desk
}

/** The key of a desk that has faults: what its file says, else what the file is called. */
function keyOf(value: unknown, fileName: string): string {
  const key = typeof value === 'object' && value !== null && 'desk' in value ? value.desk : undefined
  return typeof key === 'string' ? key : fileName.replace(/\.ya?ml$/, '')
}

function deskFolder(value: unknown): string {
  const named = typeof value === 'object' && value !== null && 'desks' in value ? value.desks : undefined
  return typeof named === 'string' ? named : './desks'
}

/** The desks; `unread` are the keys of those whose faults keep them from being checked further. */
async function readDesks(
  path: string,
  folder: string,
  faults: Fault[],
): Promise<{ readonly desks: DeskRead[]; readonly unread: readonly string[] }> {
  const shown = beside(path, folder)
  let names: string[]
  try {
    names = (await readdir(resolve(dirname(path), folder)))
      .filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.'))
      .sort()
  } catch (error) {
    faults.push(readingFault(shown, error, 'the folder of the desks'))
    return { desks: [], unread: [] }
  }
  if (names.length === 0)
    faults.push({ file: shown, line: 1, column: 1, path: '', message: 'no desk: the folder has no *.yaml file' })
  const desks: DeskRead[] = []
  const unread: string[] = []
  for (const name of names) {
    const text = await readFile(resolve(dirname(path), folder, name), 'utf8').catch((error: unknown) => {
      faults.push(readingFault(join(shown, name), error, 'the file'))
      return null
    })
    if (text === null) continue
    const file = readConfigFile(join(shown, name), text)
    faults.push(...file.faults)
    if (file.faults.length > 0) {
      unread.push(keyOf(file.value, name))
      continue
    }
    const parsed = deskFileSchema.safeParse(file.value ?? {})
    if (!parsed.success) faults.push(...schemaFaults(file, deskFileSchema, parsed.error.issues))
    const desk = parsed.success ? parsed.data : salvage(deskFileSchema, file.value, parsed.error.issues)
    if (desk) desks.push({ file, desk, report: reporter(file, faults) })
    else unread.push(keyOf(file.value, name))
  }
  return { desks, unread }
}

async function checkContacts(desks: readonly DeskRead[], folder: string): Promise<void> {
  for (const { desk, report } of desks) {
    if (desk.contacts === undefined) continue
    await access(resolve(folder, desk.contacts), constants.R_OK).catch((error: unknown) => {
      report(['contacts'], readingFault('', error, `the file ${desk.contacts}`).message)
    })
  }
}

/** The rules a desk runs: those of shared sets first. Faults of a shared set stand in the main file and name the desk. */
function readRules(
  read: DeskRead,
  settings: InstanceSettings | null,
  main: ConfigFile,
  templates: Templates,
  faults: Fault[],
): CompiledRule[] {
  const { desk, report } = read
  const sets = settings?.rules ?? {}
  const hasTemplate = (name: string): boolean => templates.has(name, desk)
  const hasFile = (name: string): boolean => templates.file(name, desk) !== null
  checkDesk(desk, { ruleSets: settings ? Object.keys(sets) : desk.uses, hasTemplate }, report)
  const used = desk.uses.flatMap((name): { readonly name: string; readonly rules: readonly RuleDefinition[] }[] =>
    sets[name] ? [{ name, rules: sets[name] }] : [],
  )
  const captures = [...used.flatMap((set) => capturedBy(set.rules)), ...capturedBy(desk.rules)]
  const compiled: CompiledRule[] = []
  const inMain = reporter(main, faults)
  for (const { name, rules } of used) {
    const result = compileRules(rules, desk, { from: name, captures, hasTemplate, hasFile })
    for (const fault of result.faults)
      inMain(['rules', name, ...fault.path], `for desk ${desk.desk}: ${fault.message}`, fault.hint)
    compiled.push(...result.rules)
  }
  const own = compileRules(desk.rules, desk, { from: 'desk', captures, hasTemplate, hasFile })
  for (const fault of own.faults) report(['rules', ...fault.path], fault.message, fault.hint)
  return [...compiled, ...own.rules]
}

/** Secrets without which the gateway cannot do its work. Logins of agents and portals may be unset: they are off then. */
async function checkSecrets(
  settings: InstanceSettings,
  env: Environment,
  folder: string,
  report: Report,
): Promise<void> {
  const wanted: { readonly path: (string | number)[]; readonly reference: string | undefined }[] = [
    ...settings.mailboxes.flatMap((mailbox, i) => [
      { path: ['mailboxes', i, 'password'], reference: mailbox.password },
      { path: ['mailboxes', i, 'token'], reference: mailbox.token },
    ]),
    { path: ['relay', 'url'], reference: settings.relay.url },
    { path: ['relay', 'ca'], reference: settings.relay.ca },
    { path: ['dkim', 'key'], reference: settings.dkim?.key },
    { path: ['alarms', 'webhook'], reference: settings.alarms.webhook },
    { path: ['alarms', 'relay'], reference: settings.alarms.relay },
  ]
  for (const { path, reference } of wanted) {
    if (reference === undefined || !/^(env|file):/.test(reference)) continue
    const result = await readSecret(reference, env, folder)
    if (!result.ok) report(path, result.message)
  }
}

async function readLogins(
  desks: readonly DeskRead[],
  env: Environment,
  folder: string,
): Promise<{ readonly logins: ReadonlyMap<string, string>; readonly submitters: ReadonlyMap<string, Submitter> }> {
  const logins = new Map<string, string>()
  const submitters = new Map<string, Submitter>()
  const add = async (user: string, reference: string | undefined, submitter: Submitter): Promise<void> => {
    const secret = reference === undefined ? null : await readSecret(reference, env, folder)
    if (!secret?.ok) return
    logins.set(user.toLowerCase(), secret.value)
    submitters.set(user.toLowerCase(), submitter)
  }
  for (const { desk } of desks) {
    if (desk.portal?.user !== undefined)
      await add(desk.portal.user, desk.portal.password, { kind: 'portal', desk: desk.desk })
    for (const staff of desk.staff)
      if (staff.active)
        await add(staff.address, staff.password, { kind: 'agent', addresses: [staff.address, ...staff.also] })
  }
  return { logins, submitters }
}
