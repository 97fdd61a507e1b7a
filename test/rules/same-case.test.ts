import { expect, test } from 'vitest'
import { type CaseText, sameCase } from '../../src/rules/same-case.ts'

type Pair = readonly [openSubject: string, openText: string, freshSubject: string, freshText: string]

/** New mails about a case that their author has open already. */
const continued: readonly Pair[] = [
  [
    'BANCOS, Factura mal cargada',
    'La factura 4471 del proveedor quedó mal cargada.',
    'BANCOS, Factura mal cargada',
    '¿Alguna novedad con la factura 4471?',
  ],
  [
    'BANCOS, Conciliación descuadrada',
    'La conciliación de octubre no cuadra.',
    'BANCOS, conciliación descuadrada',
    'Sigue sin cuadrar.',
  ],
  [
    'NÓMINA, No calcula el bono vacacional',
    'Al procesar la nómina no calcula el bono vacacional.',
    'NÓMINA, No calcula bono vacacional',
    'Buenas tardes, aún no tenemos respuesta.',
  ],
  [
    'SOCIOS, Acción 1234 sin foto',
    'La acción 1234 aparece sin foto.',
    'SOCIOS, Acción 1234 sin foto',
    'Adjunto la foto que falta.',
  ],
  [
    'FACTURACIÓN, Recibos duplicados',
    'Los recibos de noviembre salieron duplicados.',
    'FACTURACIÓN, Recibos duplicados noviembre',
    'Les reenvío los recibos duplicados de noviembre.',
  ],
  [
    'INVENTARIO, Existencia negativa en almacén',
    'El almacén central muestra existencia negativa.',
    'INVENTARIO, Existencia negativa almacén',
    'Sigue la existencia negativa.',
  ],
  [
    'COMPRAS, Orden bloqueada',
    'La orden 2201 quedó bloqueada por el usuario.',
    'COMPRAS, Orden 2201 bloqueada',
    'La orden 2201 sigue bloqueada.',
  ],
  [
    'REPORTES, Balance no imprime',
    'El balance general no imprime.',
    'REPORTES, El balance no imprime',
    'El balance general sigue sin imprimir.',
  ],
  [
    'TESORERÍA, Cheque anulado aparece emitido',
    'El cheque 889123 anulado aparece como emitido.',
    'TESORERÍA, Cheque anulado aparece emitido',
    'Es el cheque 889123.',
  ],
  [
    'SISTEMA, Lentitud al entrar',
    'El sistema tarda mucho en entrar por la mañana.',
    'SISTEMA, Lentitud al entrar',
    'Hoy también, tarda diez minutos en entrar.',
  ],
  [
    'CONTABILIDAD, Asiento descuadrado',
    'El asiento 000451 está descuadrado.',
    'CONTABILIDAD, Asiento 000451 descuadrado',
    '¿Pudieron revisar el asiento 000451?',
  ],
  [
    'CARNETIZACIÓN, Impresora no reconoce carnet',
    'La impresora no reconoce el carnet nuevo.',
    'CARNETIZACIÓN, Impresora no reconoce carnets',
    'La impresora sigue igual.',
  ],
  [
    'Impression des étiquettes',
    'Les étiquettes sortent vides depuis la mise à jour.',
    'Impression des étiquettes',
    'Toujours le même souci ce matin.',
  ],
  [
    'Relance client envoyée deux fois',
    'La relance du client Durand part deux fois.',
    'Relance client envoyée en double',
    'La relance du client Durand est encore partie deux fois.',
  ],
  [
    'Journal des débiteurs vide',
    'Le journal des débiteurs est vide en décembre.',
    'Journal débiteurs vide',
    'Je confirme que le journal des débiteurs reste vide.',
  ],
  [
    'Connexion au portail impossible',
    'La connexion au portail échoue avec le code 5031.',
    'Connexion portail impossible',
    'Code 5031 toujours.',
  ],
  [
    'Facture F20261187 erronée',
    'La facture F20261187 a un mauvais montant.',
    'Facture F20261187',
    'Avez-vous corrigé la facture F20261187 et son montant ?',
  ],
  [
    'Scanner room 12 offline',
    'The scanner in room 12 has been offline since Monday.',
    'Scanner room 12 still offline',
    'It is still offline.',
  ],
  [
    'Invoice 88123 cannot be printed',
    'Invoice 88123 cannot be printed from the portal.',
    'Invoice 88123 printing',
    'Any news about printing invoice 88123?',
  ],
  [
    'VPN drops every hour',
    'Our VPN connection drops every hour.',
    'VPN drops every hour',
    'It dropped again twice today.',
  ],
  [
    'Payroll export fails',
    'The payroll export fails with error 7702.',
    'Payroll export fails',
    'Same error 7702 this morning.',
  ],
  [
    'Manifest rejected by customs',
    'Manifest MSC44120 was rejected by customs.',
    'Manifest MSC44120 rejected',
    'Please tell us why manifest MSC44120 was rejected by customs.',
  ],
  [
    'CUENTAS POR COBRAR, Saldo del socio 2210 errado',
    'El saldo del socio 2210 está errado.',
    'CUENTAS POR COBRAR, Saldo socio 2210 errado',
    'El saldo sigue errado.',
  ],
  [
    'SEGURIDAD, Usuario bloqueado en caja',
    'El usuario de caja quedó bloqueado.',
    'SEGURIDAD, Usuario de caja bloqueado',
    'El usuario de caja sigue bloqueado.',
  ],
]

/** New mails about something else, however alike they look. */
const fresh: readonly Pair[] = [
  [
    'BANCOS, Factura mal cargada',
    'La factura 4471 quedó mal cargada.',
    'BANCOS, Factura mal cargada',
    'La factura 4502 quedó mal cargada.',
  ],
  [
    'SOCIOS, Acción 1234 sin foto',
    'La acción 1234 aparece sin foto.',
    'SOCIOS, Acción 5678 sin foto',
    'La acción 5678 aparece sin foto.',
  ],
  [
    'SOCIOS, Acción 1234 sin foto',
    'La acción 1234 aparece sin foto.',
    'SOCIOS, Cambio de dirección',
    'Cambiar la dirección de la acción 1234.',
  ],
  [
    'NÓMINA, No calcula el bono',
    'No calcula el bono vacacional.',
    'NÓMINA, Préstamo mal descontado',
    'El préstamo de Pedro se descontó dos veces.',
  ],
  [
    'BANCOS, Conciliación descuadrada',
    'La conciliación no cuadra.',
    'CONTABILIDAD, Asiento descuadrado',
    'El asiento no cuadra.',
  ],
  [
    'FACTURACIÓN, Recibos duplicados',
    'Los recibos salieron duplicados.',
    'FACTURACIÓN, Recibo sin timbre fiscal',
    'Un recibo salió sin timbre fiscal.',
  ],
  ['SISTEMA, Ayuda', 'No puedo entrar al sistema.', 'SISTEMA, Ayuda', 'Necesito cambiar la clave de un usuario.'],
  ['BANCOS, Consulta', '¿Cómo cargo un depósito?', 'BANCOS, Consulta', '¿Cómo anulo una transferencia?'],
  ['Urgente', 'No imprime la factura.', 'Urgente', 'No abre el inventario.'],
  ['Problema', 'El balance no sale.', 'Problema', 'Se borró un proveedor.'],
  [
    'REPORTES, Balance no imprime',
    'El balance no imprime.',
    'REPORTES, Libro de ventas no imprime',
    'El libro de ventas no imprime.',
  ],
  [
    'COMPRAS, Orden bloqueada',
    'La orden 2201 quedó bloqueada.',
    'COMPRAS, Orden bloqueada',
    'La orden 2219 quedó bloqueada.',
  ],
  [
    'TESORERÍA, Cheque anulado',
    'El cheque 889123 aparece emitido.',
    'TESORERÍA, Cheque anulado',
    'El cheque 889200 aparece emitido.',
  ],
  [
    'INVENTARIO, Existencia negativa',
    'Existencia negativa en el almacén central.',
    'INVENTARIO, Traslado entre almacenes',
    'No deja trasladar entre almacenes.',
  ],
  [
    'CARNETIZACIÓN, Impresora no reconoce carnet',
    'La impresora no reconoce el carnet.',
    'CARNETIZACIÓN, Fotos borrosas',
    'Las fotos salen borrosas.',
  ],
  [
    'CUENTAS POR COBRAR, Saldo del socio 2210 errado',
    'El saldo está errado.',
    'CUENTAS POR COBRAR, Saldo del socio 3310 errado',
    'El saldo está errado.',
  ],
  [
    'CUENTAS POR PAGAR, Proveedor duplicado',
    'El proveedor quedó duplicado.',
    'COMPRAS, Proveedor duplicado',
    'El proveedor nuevo quedó duplicado en compras.',
  ],
  [
    'SEGURIDAD, Usuario bloqueado',
    'El usuario cajero01 quedó bloqueado.',
    'SEGURIDAD, Usuario nuevo',
    'Crear un usuario para recepción.',
  ],
  [
    'Impression des étiquettes',
    'Les étiquettes sortent vides.',
    'Impression des bulletins',
    'Les bulletins de paie sortent vides.',
  ],
  [
    'Relance client envoyée deux fois',
    'La relance part deux fois.',
    'Relance client non envoyée',
    'La relance du client Martin ne part pas.',
  ],
  [
    'Journal des débiteurs vide',
    'Le journal est vide.',
    'Journal des créanciers vide',
    'Le journal des créanciers est vide.',
  ],
  [
    'Connexion au portail impossible',
    'La connexion échoue.',
    'Mot de passe oublié',
    'J’ai oublié mon mot de passe pour le portail.',
  ],
  [
    'Facture F20261187 erronée',
    'La facture F20261187 a un mauvais montant.',
    'Facture F20261190 erronée',
    'La facture F20261190 a un mauvais montant.',
  ],
  ['Question', 'Comment ouvrir le module Achats ?', 'Question', 'Comment exporter la liste des clients ?'],
  [
    'Demande de patch 12.4',
    'Installation du patch 12.4.1 souhaitée.',
    'Demande de patch 12.5',
    'Installation du patch 12.5.0 souhaitée.',
  ],
  [
    'Scanner room 12 offline',
    'The scanner in room 12 is offline.',
    'Printer room 12 offline',
    'The printer in room 12 is offline.',
  ],
  [
    'Invoice 88123 cannot be printed',
    'Invoice 88123 cannot be printed.',
    'Invoice 88124 cannot be printed',
    'Invoice 88124 cannot be printed.',
  ],
  [
    'VPN drops every hour',
    'Our VPN drops every hour.',
    'VPN account for a new colleague',
    'Please create a VPN account.',
  ],
  [
    'Payroll export fails',
    'The payroll export fails with error 7702.',
    'Payroll import fails',
    'The payroll import fails with error 8810.',
  ],
  [
    'Manifest rejected by customs',
    'Manifest MSC44120 was rejected.',
    'Manifest rejected by customs',
    'Manifest CMA99311 was rejected.',
  ],
  ['Help needed', 'The screen is black.', 'Help needed', 'I cannot reach the shared folder.'],
  [
    'Cost of the ECTN',
    'What does the ECTN cost for a container?',
    'Carrier missing',
    'The carrier is not in the list.',
  ],
  [
    'REPORTES, Error 5001 al imprimir',
    'Sale el error 5001 al imprimir el mayor.',
    'REPORTES, Error 5001 al exportar',
    'Sale el error 5001 al exportar a Excel.',
  ],
  [
    'ACTIVOS FIJOS, Depreciación errada',
    'La depreciación de 2025 está errada.',
    'ACTIVOS FIJOS, Baja de activo',
    'No puedo dar de baja un activo.',
  ],
  [
    'NÓMINA, Recibo de Pedro Gómez',
    'El recibo de Pedro Gómez no sale.',
    'NÓMINA, Recibo de Ana Ruiz',
    'El recibo de Ana Ruiz no sale.',
  ],
  [
    'FACTURACIÓN, Nota de crédito 771 no aplica',
    'La nota de crédito 771 no aplica.',
    'FACTURACIÓN, Nota de débito 772 no aplica',
    'La nota de débito 772 no aplica.',
  ],
]

const pairOf = ([openSubject, openText, freshSubject, freshText]: Pair): readonly [CaseText, CaseText] => [
  { subject: openSubject, text: openText },
  { subject: freshSubject, text: freshText },
]

test('the table has sixty pairs', () => {
  expect(continued.length + fresh.length).toBe(60)
})

test.each(fresh)('no false join: "%s" (%s) is not joined by "%s" (%s)', (...pair) => {
  expect(sameCase(...pairOf(pair))).not.toBe('same')
})

test('nine in ten mails about an open case are joined or offered to join, and most are joined', () => {
  const found = continued.map((pair) => sameCase(...pairOf(pair)))
  const missed = continued.filter((_, n) => found[n] === 'other').map((pair) => pair[2])
  expect(missed.length, missed.join(' | ')).toBeLessThanOrEqual(2)
  expect(found.filter((one) => one === 'same').length).toBeGreaterThanOrEqual(12)
})

test('of other cases, three in four are not even offered', () => {
  const offered = fresh.filter((pair) => sameCase(...pairOf(pair)) === 'like').map((pair) => pair[2])
  expect(offered.length, offered.join(' | ')).toBeLessThanOrEqual(9)
})

test('long texts are looked at in bounded time', () => {
  const text = 'factura 1234 cargada '.repeat(50_000)
  expect(sameCase({ subject: text, text }, { subject: text, text })).toBeTypeOf('string')
})
