import { describe, expect, it } from 'vitest';
import { toCsv } from './csv';
import { formatChange, formatDuration, formatInterval, formatShare, humanise, initials, plural } from './format';
import { addSample, rateOf, timeLeft, type Sample } from './progress-rate';

describe('words', () => {
  it('read as people say them', () => {
    expect(humanise('PARTIALLY_REFUNDED')).toBe('Partially refunded');
    expect(initials('Ada Lovelace')).toBe('AL');
    expect(initials('acme')).toBe('AC');
    expect(initials('  ')).toBe('?');
    expect(initials('👩‍🚀 X')).toHaveLength(3);
    expect(plural(1, 'order')).toBe('1 order');
    expect(plural(2, 'order')).toBe('2 orders');
    expect(formatShare('0.7234')).toMatch(/72\.3\s?%/);
    expect(formatChange('0.123')).toBe('+12.3%');
    expect(formatChange('-0.04')).toBe('−4%');
    expect(formatChange('107.5')).toBe('>+999%');
    expect(formatChange('-107.5')).toBe('<−999%');
    expect(formatChange('10')).toBe('>+999%');
  });

  it('tell durations in their two largest parts', () => {
    expect(formatDuration(412)).toBe('412 ms');
    expect(formatDuration(42_000)).toBe('42 s');
    expect(formatDuration(185_000)).toBe('3 min 5 s');
    expect(formatDuration(7_800_000)).toBe('2 h 10 min');
    expect(formatInterval(60)).toBe('every hour');
    expect(formatInterval(90)).toBe('every 90 minutes');
  });
});

describe('CSV', () => {
  it('quotes by the book', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          ['x,y', 'say "hi"'],
          [null, 3],
        ],
      ),
    ).toBe('a,b\r\n"x,y","say ""hi"""\r\n,3\r\n');
  });

  it('never hands a spreadsheet a formula, and leaves numbers alone', () => {
    expect(toCsv(['n'], [['=1+1'], ['@cmd'], ['-12.30'], ['+44 20']])).toBe(
      "n\r\n'=1+1\r\n'@cmd\r\n-12.30\r\n'+44 20\r\n",
    );
    expect(toCsv(['n'], [[' =1+1'], ['\n@cmd'], ['\u00a0-1'], ['a = b'], [' a']])).toBe(
      "n\r\n' =1+1\r\n\"'\n@cmd\"\r\n'\u00a0-1\r\na = b\r\n a\r\n",
    );
  });
});

describe('progress', () => {
  it('measures the pace over the last seconds', () => {
    let samples: Sample[] = [];
    for (let second = 0; second <= 30; second += 1)
      samples = addSample(samples, { at: second * 1000, count: second * 50 });
    expect(rateOf(samples)).toBeCloseTo(50);
    expect(samples.length).toBeLessThan(20);
    expect(timeLeft(1500, 2000, 50)).toBe(10_000);
  });

  it('says nothing before it can know', () => {
    expect(rateOf([{ at: 0, count: 5 }])).toBeNull();
    expect(timeLeft(5, null, 50)).toBeNull();
    expect(timeLeft(5, 100, 0)).toBeNull();
  });

  it('starts anew when the count falls', () => {
    expect(addSample([{ at: 0, count: 90 }], { at: 1000, count: 3 })).toEqual([{ at: 1000, count: 3 }]);
  });
});
