// The variables a template may use: a shape to check it against and a sentence for whoever writes one.

/** `any` is looked into no further. */
export type Shape =
  | 'text'
  | 'number'
  | 'date'
  | 'flag'
  | 'any'
  | { readonly list: Shape }
  | { readonly record: Variables }

export interface Variable {
  readonly shape: Shape
  readonly sentence: string
}

export type Variables = { readonly [name: string]: Variable }

export const text = (sentence: string): Variable => ({ shape: 'text', sentence })
export const number = (sentence: string): Variable => ({ shape: 'number', sentence })
export const date = (sentence: string): Variable => ({ shape: 'date', sentence })
export const flag = (sentence: string): Variable => ({ shape: 'flag', sentence })
export const any = (sentence: string): Variable => ({ shape: 'any', sentence })
export const texts = (sentence: string): Variable => ({ shape: { list: 'text' }, sentence })
export const record = (sentence: string, variables: Variables): Variable => ({ shape: { record: variables }, sentence })
export const records = (sentence: string, variables: Variables): Variable => ({
  shape: { list: { record: variables } },
  sentence,
})
