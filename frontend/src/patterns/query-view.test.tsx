import { screen } from '@testing-library/react';
import { useQuery } from '@tanstack/react-query';
import { describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '~/api/problem';
import { renderPart, user } from '~/test/render';
import { QueryView } from './query-view';

const problem = (over: Partial<ConstructorParameters<typeof ApiProblem>[0]> = {}) =>
  new ApiProblem({ kind: 'client', status: 409, code: 'CONFLICT', message: 'Not now.', requestId: 'req_1', ...over });

function Names({ load }: { load: () => Promise<string[]> }) {
  const query = useQuery<string[], ApiProblem>({ queryKey: ['t', 'names'], queryFn: load, retry: false });
  return (
    <>
      <QueryView query={query} skeleton={<p>skeleton</p>} empty={(names) => names.length === 0 && <p>nobody yet</p>}>
        {(names) => <p>{names.join(' and ')}</p>}
      </QueryView>
      <button onClick={() => void query.refetch()}>refresh</button>
    </>
  );
}

describe('QueryView', () => {
  it('shows the skeleton, then the data', async () => {
    renderPart(<Names load={() => Promise.resolve(['Ada', 'Grace'])} />);
    expect(screen.getByText('skeleton')).toBeVisible();
    expect(await screen.findByText('Ada and Grace')).toBeVisible();
  });

  it('says so when there is nothing', async () => {
    renderPart(<Names load={() => Promise.resolve([])} />);
    expect(await screen.findByText('nobody yet')).toBeVisible();
  });

  it('shows what went wrong with its request id, and tries again', async () => {
    const load = vi.fn().mockRejectedValueOnce(problem()).mockResolvedValue(['Ada']);
    renderPart(<Names load={load} />);
    expect(await screen.findByText('Not now.')).toBeVisible();
    expect(screen.getByText('req_1')).toBeVisible();
    expect(screen.getByText('CONFLICT')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Ada')).toBeVisible();
  });

  it('says who can grant what is forbidden, and offers no retry', async () => {
    renderPart(<Names load={() => Promise.reject(problem({ status: 403, code: 'PERMISSION_DENIED' }))} />, {
      role: 'viewer',
    });
    expect(await screen.findByText(/You are a viewer of Exmouth Goods/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('shows nothing on of what is gone', async () => {
    const gone = problem({ status: 404, code: 'ORDER_NOT_FOUND', message: 'There is no such order.' });
    const load = vi.fn().mockResolvedValueOnce(['Ada']).mockRejectedValue(gone);
    renderPart(<Names load={load} />);
    await screen.findByText('Ada');
    await user.click(screen.getByRole('button', { name: 'refresh' }));
    expect(await screen.findByText('There is no such order.')).toBeVisible();
    expect(screen.queryByText('Ada')).toBeNull();
  });

  it('keeps showing old data when a refresh fails, and says it is old', async () => {
    const load = vi.fn().mockResolvedValueOnce(['Ada']).mockRejectedValue(problem());
    renderPart(<Names load={load} />);
    await screen.findByText('Ada');
    await user.click(screen.getByRole('button', { name: 'refresh' }));
    expect(await screen.findByText(/refreshing failed/)).toBeVisible();
    expect(screen.getByText('Ada')).toBeVisible();
  });
});
