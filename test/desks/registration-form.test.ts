import { expect, test } from 'vitest'
import { formLabels, readForm, registrationFormSchema } from '../../src/desks/registration-form.ts'

const form = registrationFormSchema.parse({
  team: 'front',
  fields: [
    { key: 'name', label: { en: 'First and last name', fr: 'Prénom et nom' } },
    { key: 'phone', label: { en: 'Telephone', fr: 'Téléphone' } },
    {
      key: 'trained',
      kind: 'yes-no',
      label: { en: 'Have you been trained? By whom?', fr: 'Avez-vous été formé ? Par qui ?' },
    },
    { key: 'modules', label: 'Modules', required: false },
  ],
})
const read = (text: string) => readForm(form, text, 'en', 'en')

test('the lines are read whatever stands before and after the label', () => {
  const { values, missing } = read(
    '- First and last name: Ann Lee\n* Telephone = +44 20 5550 1000\n  Have you been trained? By whom? Yes, by Paul\nModules: A, B',
  )
  expect(Object.fromEntries(values)).toEqual({
    name: 'Ann Lee',
    phone: '+44 20 5550 1000',
    trained: 'yes',
    modules: 'A, B',
  })
  expect(missing).toEqual([])
})

test('people who write into the quotation are read too, and an empty line of the quotation is no answer', () => {
  const { values } = read('> - First and last name: Ann Lee\n> - Telephone:\n\nOn Monday, we wrote:\n> - Telephone:')
  expect(Object.fromEntries(values)).toEqual({ name: 'Ann Lee' })
})

test('labels count in every language, with or without accents', () => {
  expect(read('Prenom et nom : Zoé\nTéléphone : 01 02 03 04 05').values.get('name')).toBe('Zoé')
})

test('what is missing is named by its key, and asked for by its label', () => {
  const { missing } = read('Telephone: 1')
  expect(missing).toEqual(['name', 'trained'])
  expect(formLabels(form, 'fr', 'en', missing)).toEqual(['Prénom et nom', 'Avez-vous été formé ? Par qui ?'])
})

test.each([
  ['No, not yet', 'no'],
  ['si, en marzo', 'yes'],
  ['sí', 'yes'],
  ['Oui', 'yes'],
  ['not yes', 'no'],
])('"%s" to a question of yes or no is kept as %s', (answer, kept) => {
  expect(read(`Have you been trained? By whom? ${answer}`).values.get('trained')).toBe(kept)
})

test('a text that is no form has no values', () => {
  expect(read('My telephone is broken, please help.\nName it as you like.').values.size).toBe(0)
})

test('controls and marks of direction are taken out', () => {
  expect(read('Telephone: \u202e1\u0007 2\u200b3').values.get('phone')).toBe('1 23')
})

test('values are bounded and long texts are read in one go', () => {
  expect(read(`Telephone: ${'1'.repeat(5000)}`).values.get('phone')).toHaveLength(200)
  expect(read('First and last '.repeat(100_000)).values.size).toBe(0)
})
