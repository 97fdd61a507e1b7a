import { expect, test } from 'vitest'
import { guichet } from '../support/command-line.ts'

test('guichet demo plays a conversation with each example desk and says the limits it ran with', {
  timeout: 180_000,
}, async () => {
  const { code, out, err } = await guichet(['demo'])
  expect(err).toBe('')
  // Numbers, languages and refusals as their readers see them.
  for (const line of [
    'Subject: Re: [SPT-1] Impossible d’imprimer les bulletins de livraison',
    'demande par e-mail.',
    '(in the portal)',
    '┃ #statut en attente client',
    '— eight days pass —',
    '— one day passes —',
    '  ░ Demande SPT-1 Impossible d’imprimer les bulletins de livraison\n',
    '  ░ Description\n',
    'Merci de votre confirmation.',
    'La demande SPT-1 est close et ne peut pas être rouverte',
    'asunto identifique el módulo y el caso; «Urgente» no lo hace.',
    'Fuera de horario la atención está sujeta a disponibilidad y a costos',
    'Si prefiere no esperar más, llámenos de lunes a viernes, de 9:00 a\n  │ 17:00, e indique GES-1:',
    'Al no haber recibido respuesta en 2 días hábiles, la solicitud GES-1 se',
    'Subject: Re: [GES-2] BANCOS, Factura mal cargada',
    'la correction revient à 24',
    'Vous pouvez aussi vous enregistrer vous-même sur le portail',
    'A word about your request RDC-1: we are still working on it.',
    'Thank you for confirming. Request RDC-1 is closed.',
    'De notre côté, votre demande ONX-1 est traitée.',
    'Limits of automatic mail in this run',
    'address-hour 3, address-day 10',
    '5 conversations in',
  ])
    expect(out).toContain(line)
  // What an agent writes for colleagues, and who they are, stays inside.
  const toCustomers = out.split('\n\n  ').filter((part) => /→ {2}[^\n]*client\.test>/.test(part))
  expect(toCustomers.length).toBeGreaterThan(10)
  for (const mail of toCustomers) expect(mail).not.toMatch(/staff\.test|555 01 99|#statut/)
  expect(code).toBe(0)
})
