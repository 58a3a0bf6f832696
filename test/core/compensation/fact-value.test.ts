import { describe, expect, it } from 'vitest';
import { factFault, knownInputs } from '../../../core/compensation/fact-value.ts';
import type { InputFile } from '../../../core/compensation/scheme.ts';

const known = (...specs: readonly Partial<InputFile>[]) =>
  knownInputs(specs.map((spec) => ({ file: { inputs: { facts: { price: spec } } } as never })));
const code = (value: unknown, ...specs: readonly Partial<InputFile>[]) =>
  factFault('price', value, known(...specs))?.code ?? null;
const message = (value: unknown, ...specs: readonly Partial<InputFile>[]) =>
  factFault('price', value, known(...specs))?.message;

describe('a fact', () => {
  it('that no scheme asks for is told so, with the name that was meant', () => {
    expect(factFault('prise', '1', known({ type: 'number' }))).toMatchObject({ code: 'unknown_input' });
    expect(factFault('prise', '1', known({ type: 'number' }))?.message).toContain('price');
    expect(factFault('price', '1', known({ type: 'number' }))).toBeNull();
  });

  it('is kept when one of the schemes can read it', () => {
    expect(code('1', { type: 'flag' }, { type: 'number' })).toBeNull();
    expect(code('x', { type: 'flag' }, { type: 'number' })).toBe('wrong_form');
    expect(message('x', { type: 'flag' }, { type: 'number' }, { type: 'number' })).toBe(
      'must be true or false or a decimal string',
    );
  });

  it('that is a text is told which texts it may be', () => {
    expect(message(1, { type: 'text' })).toBe('must be a text');
    expect(message('c', { type: 'text', values: ['a', 'b'] })).toBe('must be one of a, b');
    expect(code('b', { type: 'text', values: ['a', 'b'] })).toBeNull();
  });

  it('that is a list holds entries only', () => {
    expect(code([{}, {}], { type: 'list' })).toBeNull();
    expect(code([], { type: 'list' })).toBeNull();
    expect(code([{}, 'x'], { type: 'list' })).toBe('wrong_form');
    expect(code({}, { type: 'list' })).toBe('wrong_form');
  });

  it('that gives numbers by id gives nothing else', () => {
    expect(code({ a: '1', b: 2 }, { type: 'weights' })).toBeNull();
    expect(code({ a: '1', b: 'x' }, { type: 'weights' })).toBe('wrong_form');
    expect(code(['1'], { type: 'weights' })).toBe('wrong_form');
  });

  it('that is stretches of time has a beginning in each, and no end before it', () => {
    const from = '2026-01-01T00:00:00Z';
    const stretch = (one: object) => code([{ from, to: null }, one], { type: 'intervals' });
    for (const fine of [
      { from },
      { from, to: null },
      { from, to: from },
      { from, to: '2026-01-02T00:00:00Z' },
    ])
      expect(stretch(fine)).toBeNull();
    for (const wrong of [
      {},
      { from: 1 },
      { from: 'x' },
      { from, to: 1 },
      { from, to: 'x' },
      { from, to: '2025-12-31T23:59:59Z' },
    ])
      expect(stretch(wrong), JSON.stringify(wrong)).toBe('wrong_form');
    expect(code(['x'], { type: 'intervals' })).toBe('wrong_form');
    expect(code({ from }, { type: 'intervals' })).toBe('wrong_form');
  });

  it('that decides a question has a reason', () => {
    const decision = (value: unknown) => factFault('decisions.late', value, known())?.code ?? null;
    expect(decision({ value: true, reason: 'letter' })).toBeNull();
    expect(decision({ value: true, reason: '' })).toBe('wrong_form');
    expect(decision({ value: true, reason: 7 })).toBe('wrong_form');
    expect(decision({ reason: 'letter' })).toBe('wrong_form');
    expect(decision('yes')).toBe('wrong_form');
    expect(factFault('late.decisions.', { value: true, reason: 'x' }, known())?.code).toBe('unknown_input');
  });
});
