import type { InstanceView } from '@steno/proto';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { post } from '../api/client.js';
import { pipelineQuery } from '../api/queries.js';
import { ReasonDialog } from '../ui/reason-dialog.js';
import { announce } from '../ui/toast.js';

interface LostDialogProps {
  readonly instance: InstanceView;
  readonly onClose: () => void;
}

/** Declares a silent instance lost, for good. */
export function LostDialog({ instance: { boot, name }, onClose }: LostDialogProps): ReactNode {
  const queries = useQueryClient();
  const declare = async (reason: string): Promise<void> => {
    await post(`/instances/${encodeURIComponent(boot)}/lost`, { reason });
    announce('Declared lost; the list shows it within seconds');
    onClose();
    await queries.invalidateQueries({ queryKey: pipelineQuery.queryKey });
  };
  return (
    <ReasonDialog
      title="Declare this instance lost?"
      opened
      onClose={onClose}
      words={{ leave: 'Wait for it', act: 'Declare lost' }}
      onAct={declare}
    >
      The open sessions of <b className="mono">{name}</b> will have failed, for good. What still
      comes of them is kept and shown as late. Who said so and why is recorded.
    </ReasonDialog>
  );
}
