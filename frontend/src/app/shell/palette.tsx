/** Find anything: places, stores, commands, and orders, customers and products by what one types. */
import '@mantine/spotlight/styles.layer.css';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { IconBuildingStore, IconCommand, IconPackage, IconSearch, IconTag, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useSession } from '~/api/session';
import { useStores } from '~/api/stores';
import { customerName } from '~/features/commerce/customers/model';
import { customerFindQuery } from '~/features/commerce/customers/queries';
import { orderFindQuery } from '~/features/commerce/orders/queries';
import { productFindQuery } from '~/features/commerce/products/queries';
import { useShortcutList } from '~/lib/keyboard/use-shortcut';
import { formatMoney } from '~/lib/money';
import { Kbd } from '~/ui/kbd';
import type { EarlyTyping } from './early-typing';
import { PLACES } from './nav';

const [store, spotlight] = createSpotlight();

interface Finding {
  id: string;
  label: string;
  description?: string | undefined;
  icon: ReactNode;
  keys?: string | undefined;
  run: () => void;
}

interface PaletteProps {
  opened: boolean;
  onClose: () => void;
  /** What was typed before the palette had the focus. */
  early: EarlyTyping;
}

export default function Palette({ opened, onClose, early }: PaletteProps) {
  const [text, setText] = useState('');
  const listId = useId();
  useEffect(() => {
    if (opened) spotlight.open();
    else spotlight.close();
  }, [opened]);
  const { groups, looking, led } = useFindings(text);
  const enter = useEnter(text, looking && !led);
  const shown = groups.filter((group) => group.findings.length > 0);
  const takeEarly = () => {
    const typed = early.take();
    if (typed) setText(typed);
  };
  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={onClose}
      shortcut={null}
      lockScroll={false}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      yOffset="12vh"
      maxHeight={440}
      scrollable
      radius="lg"
    >
      <Spotlight.Search
        placeholder="Find a page, an order, a customer, a product"
        aria-label="Find anything"
        leftSection={<IconSearch size={18} stroke={1.75} />}
        onFocus={takeEarly}
        onKeyDown={enter.onKeyDown}
      />
      <Spotlight.ActionsList id={listId}>
        {shown.map((group) => (
          <Spotlight.ActionsGroup key={group.label} label={group.label}>
            {group.findings.map((finding) => (
              <Spotlight.Action
                key={finding.id}
                label={finding.label}
                description={finding.description}
                leftSection={finding.icon}
                rightSection={finding.keys && <Kbd keys={finding.keys} />}
                onClick={finding.run}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {shown.length === 0 && (
          <Spotlight.Empty>{looking ? `Looking for “${text}”` : `Nothing found for “${text}”`}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
      <FirstSelected
        listId={listId}
        results={shown.flatMap((group) => group.findings.map((one) => one.id)).join()}
        open={enter.opensFirst}
        onOpened={enter.forget}
      />
    </Spotlight.Root>
  );
}

interface FirstSelectedProps {
  listId: string;
  results: string;
  /** Open it, too: Enter was pressed before it was there. */
  open: boolean;
  onOpened: () => void;
}

/**
 * Selects the first result whenever there are others than before. Spotlight does so as one types only, and records come later;
 * its selection is an attribute of the row, which goes when the row does. Inside the dialog, so that the rows are there.
 */
function FirstSelected({ listId, results, open, onOpened }: FirstSelectedProps) {
  useEffect(() => {
    const list = document.getElementById(listId);
    list?.querySelector('[data-selected]')?.removeAttribute('data-selected');
    list?.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
    store.updateState((state) => ({ ...state, selected: 0 }));
  }, [listId, results]);
  useEffect(() => {
    if (!open) return;
    onOpened();
    document.getElementById(listId)?.querySelector<HTMLElement>('[data-action]')?.click();
  }, [listId, open, onOpened]);
  return null;
}

/**
 * What Enter opens must not depend on how soon it is pressed: while it is not known yet what will come first, it is kept until it
 * is. Who has walked to a result means that one.
 */
function useEnter(text: string, unsure: boolean) {
  const [kept, setKept] = useState<string | null>(null);
  const walked = useRef(false);
  useEffect(() => {
    walked.current = false;
    setKept(null);
  }, [text]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') walked.current = true;
    if (event.key !== 'Enter' || !unsure || walked.current) return;
    // Spotlight opens what is selected as soon as this returns, whatever the event says.
    document.querySelector('[data-action][data-selected]')?.removeAttribute('data-selected');
    setKept(text);
  };
  const forget = useCallback(() => setKept(null), []);
  return { onKeyDown, forget, opensFirst: kept === text && kept !== '' && !unsure };
}

interface FindingGroup {
  label: string;
  findings: Finding[];
}

/** `led`: pages whose names begin with what was typed come first, before records and after they are there. */
function useFindings(text: string): { groups: FindingGroup[]; looking: boolean; led: boolean } {
  const typed = text.trim();
  const fits = (label: string) => label.toLowerCase().includes(typed.toLowerCase());
  const begins = (label: string) => typed !== '' && label.toLowerCase().startsWith(typed.toLowerCase());
  const { records, looking } = useRecords(typed);
  const { stores } = useStores();
  const navigate = useNavigate();
  const commands = useShortcutList().filter((shortcut) => shortcut.palette);
  const keyOf = new Map(useShortcutList().map((shortcut) => [shortcut.id, shortcut.keys]));
  const fitting = PLACES.filter((place) => fits(place.label));
  const places = fitting
    .toSorted((a, b) => Number(begins(b.label)) - Number(begins(a.label)))
    .map(({ to, label, icon: Icon }) => ({
      id: to,
      label,
      icon: <Icon size={18} stroke={1.75} />,
      keys: keyOf.get(`go.${to}`),
      run: () => void navigate({ to }),
    }));
  const shops = stores
    .filter((one) => stores.length > 1 && fits(one.name))
    .map((one) => ({
      id: one.id,
      label: one.name,
      description: 'Show this store',
      icon: <IconBuildingStore size={18} stroke={1.75} />,
      run: () => void navigate({ to: '.', search: (now) => ({ ...now, store: one.id }) }),
    }));
  const led = fitting.some((place) => begins(place.label));
  const goTo = { label: 'Go to', findings: places };
  const groups = [
    ...(led ? [goTo, ...records] : [...records, goTo]),
    { label: 'Stores', findings: shops },
    {
      label: 'Commands',
      findings: commands
        .filter((command) => fits(command.label))
        .map((command) => ({
          id: command.id,
          label: command.label,
          icon: <IconCommand size={18} stroke={1.75} />,
          keys: command.keys,
          // The palette must be gone before a dialog of the command takes the focus.
          run: () => setTimeout(() => command.run(new KeyboardEvent('keydown')), 0),
        })),
    },
  ];
  return { groups, looking, led };
}

/** Orders, customers and products that match, once typing pauses; none of what was typed before. */
function useRecords(typed: string): { records: FindingGroup[]; looking: boolean } {
  const { tenantId } = useSession();
  const navigate = useNavigate();
  const [q] = useDebouncedValue(typed, 200);
  const found = [
    useQuery(orderFindQuery(tenantId, q)),
    useQuery(customerFindQuery(tenantId, q)),
    useQuery(productFindQuery(tenantId, q)),
  ] as const;
  if (typed.length < 2) return { records: [], looking: false };
  if (q !== typed) return { records: [], looking: true };
  const [orders, customers, products] = [
    found[0].data?.items ?? [],
    found[1].data?.items ?? [],
    found[2].data?.items ?? [],
  ];
  const records = [
    {
      label: 'Orders',
      findings: orders.map((order) => ({
        id: order.id,
        label: order.name,
        description: [
          order.customer ? customerName(order.customer) : 'Guest',
          formatMoney(order.totalPrice, order.currency),
        ].join(' · '),
        icon: <IconPackage size={18} stroke={1.75} />,
        run: () => void navigate({ to: '/orders/$orderId', params: { orderId: order.id } }),
      })),
    },
    {
      label: 'Customers',
      findings: customers.map((customer) => ({
        id: customer.id,
        label: customerName(customer),
        description: customer.name === null ? undefined : (customer.email ?? undefined),
        icon: <IconUser size={18} stroke={1.75} />,
        run: () => void navigate({ to: '/customers/$customerId', params: { customerId: customer.id } }),
      })),
    },
    {
      label: 'Products',
      findings: products.map((product) => ({
        id: product.id,
        label: product.title,
        icon: <IconTag size={18} stroke={1.75} />,
        run: () => void navigate({ to: '/products/$productId', params: { productId: product.id } }),
      })),
    },
  ];
  return { records, looking: found.some((query) => query.isFetching) };
}
