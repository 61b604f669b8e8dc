/** Replaying and stopping jobs. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { useSession } from '~/api/session';
import { jobKeys } from './queries';

export function useReplayJob() {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return useMutation({
    mutationFn: (jobId: string) => take(api.POST('/api/jobs/{job_id}/replay', { params: { path: { job_id: jobId } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: jobKeys.all(tenantId) }),
  });
}

export function useCancelJob() {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return useMutation({
    mutationFn: (jobId: string) => take(api.POST('/api/jobs/{job_id}/cancel', { params: { path: { job_id: jobId } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: jobKeys.all(tenantId) }),
  });
}
