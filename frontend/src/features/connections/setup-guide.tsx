/** The first ten minutes as a checklist: each step ticks itself off, can be skipped, and is there again next time. */
import { Button } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconBuildingStore, IconCheck } from '@tabler/icons-react';
import { useEffect, type ReactNode } from 'react';
import { useSession } from '~/api/session';
import { useStores } from '~/api/stores';
import { plural } from '~/lib/format';
import { markSeen, wasSeen } from '~/lib/visited';
import { EmptyState } from '~/patterns/empty-state';
import { ButtonLink } from '~/ui/links';
import classes from './setup-guide.module.css';

interface Step {
  id: string;
  title: string;
  text: string;
  done: boolean;
  action: ReactNode;
}

export function SetupGuide() {
  const { tenantId, session } = useSession();
  const { stores } = useStores();
  const [skipped, setSkipped] = useLocalStorage<string[]>({
    key: `storekeep.guide.${tenantId}`,
    defaultValue: [],
    getInitialValueInEffect: false,
  });
  const imported = stores.some((store) => store.lastSyncAt !== null);
  useEffect(() => {
    if (!imported) markSeen(tenantId, 'guide');
  }, [imported, tenantId]);
  // Someone who joins a running account has nothing to set up.
  if (imported && !wasSeen(tenantId, 'guide')) return null;
  const steps = guideSteps(stores, wasSeen(tenantId, 'order'));
  const open = steps.filter((step) => !step.done && !skipped.includes(step.id));
  if (open.length === 0) return stores.length === 0 ? <NothingYet /> : null;
  const current = open[0]?.id;
  return (
    <section className={classes.guide} aria-label="Getting started">
      <header className={classes.head}>
        <div className={classes.greeting}>
          <h2 className={classes.title}>Welcome to Storekeep, {session.user.name.split(' ')[0]}</h2>
          <p className={classes.lead}>
            {steps.length - open.length} of {steps.length} steps done. Each ticks itself off when it is.
          </p>
        </div>
        <Button
          className={classes.skip}
          variant="subtle"
          color="gray"
          size="xs"
          onClick={() => setSkipped(steps.map((step) => step.id))}
        >
          Skip all
        </Button>
      </header>
      <ol className={classes.steps}>
        {steps.map((step, index) => {
          const skippedStep = skipped.includes(step.id);
          return (
            <li
              key={step.id}
              className={classes.step}
              data-state={step.done ? 'done' : skippedStep ? 'skipped' : step.id === current ? 'current' : 'later'}
            >
              <span className={classes.mark} aria-hidden="true">
                {step.done ? <IconCheck size={15} stroke={2.5} /> : index + 1}
              </span>
              <div className={classes.body}>
                <h3 className={classes.name}>
                  {step.title}
                  {step.done && <span className="sk-visually-hidden">, done</span>}
                  {skippedStep && !step.done && <span className="sk-muted">, skipped</span>}
                </h3>
                <p className={classes.text}>{step.text}</p>
                {step.id === current && (
                  <div className={classes.actions}>
                    {step.action}
                    <Button variant="subtle" color="gray" onClick={() => setSkipped([...skipped, step.id])}>
                      Skip
                    </Button>
                  </div>
                )}
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** Everything skipped and nothing connected: the page still says what it is for. */
function NothingYet() {
  return (
    <div className={classes.nothing}>
      <EmptyState
        icon={<IconBuildingStore size={28} stroke={1.5} />}
        title="No figures yet"
        action={<ButtonLink to="/stores/connect">Connect a store</ButtonLink>}
      >
        Sales, orders and customers are shown here once a Shopify store is connected.
      </EmptyState>
    </div>
  );
}

function guideSteps(stores: ReturnType<typeof useStores>['stores'], orderSeen: boolean): Step[] {
  const first = stores[0];
  const imported = stores.some((store) => store.lastSyncAt !== null);
  const orders = stores.reduce((sum, store) => sum + store.counts.orders, 0);
  return [
    {
      id: 'connect',
      title: 'Connect your Shopify store',
      text: first
        ? `${first.name} is connected.`
        : 'You agree in Shopify to what Storekeep may read. It takes a minute.',
      done: stores.length > 0,
      action: <ButtonLink to="/stores/connect">Connect a store</ButtonLink>,
    },
    {
      id: 'import',
      title: 'Bring in its history',
      text: imported
        ? `${plural(orders, 'order')} ${orders === 1 ? 'is' : 'are'} here, and changes follow by themselves.`
        : 'Customers, orders and products are copied once; then only changes are.',
      done: imported,
      action: first && (
        <ButtonLink to="/stores/$storeId/import" params={{ storeId: first.id }}>
          Watch the import
        </ButtonLink>
      ),
    },
    {
      id: 'numbers',
      title: 'Check a number you know',
      text: 'Open an order and compare it with Shopify. Every figure says what it means, and why it may differ.',
      done: orderSeen,
      action: <ButtonLink to="/orders">Open the orders</ButtonLink>,
    },
  ];
}
