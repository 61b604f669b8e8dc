/** The places of the workbench, in order; the rail, the bottom bar, the shortcuts and the palette all read it. */
import { IconChartHistogram, IconPackage, IconServerBolt, IconSettings, IconTag, IconUsers } from '@tabler/icons-react';

export const PLACES = [
  { to: '/orders', label: 'Orders', icon: IconPackage, keys: 'g o' },
  { to: '/customers', label: 'Customers', icon: IconUsers, keys: 'g c' },
  { to: '/products', label: 'Products', icon: IconTag, keys: 'g p' },
  { to: '/insights', label: 'Insights', icon: IconChartHistogram, keys: 'g i' },
  { to: '/operations', label: 'Operations', icon: IconServerBolt, keys: 'g x' },
  { to: '/settings', label: 'Settings', icon: IconSettings, keys: 'g s' },
] as const;

export type Place = (typeof PLACES)[number];

/** Those in the bottom bar; the rest are behind "More". */
export const MAIN_PLACES = PLACES.slice(0, 4);
export const MORE_PLACES = PLACES.slice(4);
