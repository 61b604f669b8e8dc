/** A made-up shop: customers, products and a year of orders, in the API's own shapes. */
import type { Customer, Order, OrderLine, Product, Store } from '../../api/types.ts';
import { amount, type Random } from './random.ts';

export interface Shop {
  store: Store;
  customers: Customer[];
  products: Product[];
  orders: Order[];
}

export interface ShopPlan {
  shop: string;
  name: string;
  currency: string;
  decimals: number;
  timeZone: string;
  days: number;
  perDay: number;
}

const FIRST = [
  'Ada',
  'Grace',
  'Mary',
  'Lena',
  'Tomás',
  'Yuki',
  'Amara',
  'Noor',
  'Elif',
  'Sven',
  'Chloé',
  'Iris',
  'Omar',
  'Priya',
  'Hugo',
];
const LAST = [
  'Okafor',
  'Lindqvist',
  'Tanaka',
  'Marsh',
  'Novák',
  'García',
  'Whitby',
  'Aydın',
  'Dubois',
  'Hale',
  'Sharma',
  'Ferreira',
];
const THINGS = [
  'White hanging heart T-light holder',
  'Regency cakestand 3 tier',
  'Jumbo bag red retrospot',
  'Party bunting',
  'Lunch bag black skull',
  'Assorted colour bird ornament',
  'Set of 3 cake tins pantry design',
  'Pack of 72 retrospot cake cases',
  'Natural slate heart chalkboard',
  'Heart of wicker small',
  'Victorian glass hanging T-light',
  'Rabbit night light',
  'Paper chain kit 50s Christmas',
  'Spotty bunting',
  'Doormat keep calm and come in',
  'Vintage snap cards',
  'Gardeners kneeling pad',
  'Hot water bottle tea and sympathy',
];
const FINANCIAL = ['PAID', 'PAID', 'PAID', 'PAID', 'PAID', 'PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED', 'AUTHORIZED'];

export function buildShop(plan: ShopPlan, random: Random, now: Date): Shop {
  const storeId = random.id();
  const iso = (daysAgo: number, seconds = random.int(28_000, 76_000)) =>
    new Date(Math.floor(now.getTime() / 86_400_000) * 86_400_000 - daysAgo * 86_400_000 + seconds * 1000).toISOString();
  const scale = plan.decimals === 0 ? 150 : 1;
  const products = THINGS.map((title, index): Product => {
    const price = amount(random.int(85, 2400) * scale, plan.decimals);
    return {
      id: random.id(),
      storeId,
      shopifyId: String(7_000_000 + index),
      title,
      vendor: random.pick(['Storehouse', 'Retrospot & Co', null]),
      productType: random.pick(['Home', 'Kitchen', 'Seasonal', 'Garden']),
      status: random.pick(['ACTIVE', 'ACTIVE', 'ACTIVE', 'DRAFT', 'ARCHIVED']),
      price,
      currency: plan.currency,
      variantCount: 1 + (index % 3),
      totalInventory: random.pick([0, 4, 38, 120, null]),
      createdAt: iso(380 - index),
      updatedAt: iso(index),
      description: 'Made to be given. Gift-boxed, and dispatched the same day when ordered before two.',
      handle: title.toLowerCase().replace(/\W+/g, '-'),
      tags: index % 2 ? ['gift'] : [],
      variants: Array.from({ length: 1 + (index % 3) }, (_, at) => ({
        id: random.id(),
        title: ['Default', 'Large', 'Set of six'][at] ?? 'Default',
        sku: `8${random.int(1000, 9999)}${'ABC'[at] ?? ''}`,
        price,
        compareAtPrice: at === 1 ? amount(random.int(2500, 3000) * scale, plan.decimals) : null,
        inventoryQuantity: random.pick([0, 4, 38, 120]),
      })),
    };
  });
  const customers = Array.from({ length: 120 }, (_, index): Customer => {
    const name = `${random.pick(FIRST)} ${random.pick(LAST)}`;
    return {
      id: random.id(),
      storeId,
      shopifyId: String(5_000_000 + index),
      name,
      email: index % 17 === 0 ? null : `${name.toLowerCase().replace(/[^a-z]+/g, '.')}.${index}@example.com`,
      phone: index % 5 === 0 ? '+44 20 7946 0018' : null,
      ordersCount: 0,
      totalSpent: amount(0, plan.decimals),
      currency: plan.currency,
      firstOrderAt: null,
      lastOrderAt: null,
      createdAt: iso(390 - index),
      tags: index % 9 === 0 ? ['wholesale', 'vip'] : [],
      addresses: [address(name, index)],
      note: index % 11 === 0 ? 'Prefers delivery on Fridays.' : null,
      totals: [],
      state: 'ENABLED',
    };
  });
  const orders: Order[] = [];
  const spent = new Map<string, number>();
  for (let daysAgo = plan.days; daysAgo >= 1; daysAgo -= 1) {
    const season = 1 + 0.5 * Math.sin(daysAgo / 24) + (daysAgo < 45 ? 0.5 : 0);
    const count = Math.round(plan.perDay * season * (0.6 + random.next() * 0.8));
    for (let at = 0; at < count; at += 1) {
      const customer = random.next() < 0.08 ? null : random.pick(customers);
      const order = buildOrder({
        plan,
        random,
        storeId,
        customer,
        products,
        createdAt: iso(daysAgo),
        number: 1001 + orders.length,
      });
      orders.push(order);
      if (!customer) continue;
      const total = (spent.get(customer.id) ?? 0) + Number(order.totalPrice.replace('.', ''));
      spent.set(customer.id, total);
      customer.ordersCount += 1;
      customer.totalSpent = amount(total, plan.decimals);
      customer.firstOrderAt ??= order.createdAt;
      customer.lastOrderAt = order.createdAt;
      customer.totals = [{ currency: plan.currency, orders: customer.ordersCount, spent: customer.totalSpent }];
    }
  }
  const store: Store = {
    id: storeId,
    shop: plan.shop,
    name: plan.name,
    currency: plan.currency,
    timeZone: plan.timeZone,
    status: 'CONNECTED',
    statusReason: null,
    connectedVia: 'OAUTH',
    scopes: ['read_customers', 'read_orders', 'read_all_orders', 'read_products', 'read_fulfillments'],
    historyLimited: false,
    syncIntervalMinutes: 5,
    syncPaused: false,
    lastSyncAt: new Date(now.getTime() - 95_000).toISOString(),
    lastSyncStatus: 'SUCCEEDED',
    nextSyncAt: new Date(now.getTime() + 205_000).toISOString(),
    createdAt: iso(30),
    counts: { customers: customers.length, orders: orders.length, products: products.length },
  };
  return { store, customers, products, orders: orders.reverse() };
}

function address(name: string, index: number) {
  return {
    name,
    company: index % 9 === 0 ? 'Marsh & Daughters Ltd' : null,
    address1: `${(index % 80) + 1} Exmouth Market`,
    address2: null,
    city: 'London',
    province: null,
    provinceCode: null,
    zip: 'EC1R 4QE',
    country: 'United Kingdom',
    countryCode: 'GB',
    phone: null,
  };
}

interface OrderParts {
  plan: ShopPlan;
  random: Random;
  storeId: string;
  customer: Customer | null;
  products: Product[];
  createdAt: string;
  number: number;
}

function buildOrder({ plan, random, storeId, customer, products, createdAt, number }: OrderParts): Order {
  const money = (units: number) => amount(units, plan.decimals);
  const units = (text: string) => Number(text.replace('.', ''));
  const financialStatus = random.pick(FINANCIAL);
  const lines = Array.from({ length: random.int(1, 5) }, (): OrderLine => {
    const product = random.pick(products);
    const quantity = random.int(1, 12);
    return {
      id: random.id(),
      title: product.title,
      variantTitle: product.variantCount > 1 ? 'Large' : null,
      sku: product.variants[0]?.sku ?? null,
      quantity,
      currentQuantity: quantity,
      unitPrice: product.price ?? '0',
      totalDiscount: money(0),
      total: money(units(product.price ?? '0') * quantity),
      productId: product.id,
      customLine: false,
      giftCard: false,
    };
  });
  const subtotal = lines.reduce((sum, line) => sum + units(line.total), 0);
  const shipping = subtotal > 5000 ? 0 : plan.decimals ? 495 : 600;
  const total = subtotal + shipping;
  const refunded =
    financialStatus === 'REFUNDED'
      ? total
      : financialStatus === 'PARTIALLY_REFUNDED'
        ? units(lines[0]?.unitPrice ?? '0')
        : 0;
  const cancelled = financialStatus === 'REFUNDED' && random.next() < 0.4;
  const fulfilled = !cancelled && financialStatus !== 'PENDING' && random.next() < 0.85;
  return {
    id: random.id(),
    storeId,
    shopifyId: String(9_000_000 + number),
    name: `#${number}`,
    createdAt,
    customer: customer && { id: customer.id, name: customer.name, email: customer.email },
    totalPrice: money(total),
    currency: plan.currency,
    financialStatus,
    fulfillmentStatus: fulfilled ? 'FULFILLED' : 'UNFULFILLED',
    cancelledAt: cancelled ? createdAt : null,
    test: number % 97 === 0,
    itemCount: lines.reduce((sum, line) => sum + line.quantity, 0),
    tags: number % 13 === 0 ? ['gift-wrap'] : [],
    email: customer?.email ?? null,
    phone: null,
    note: number % 7 === 0 ? 'Please leave it with the neighbour at number 12.' : null,
    processedAt: createdAt,
    updatedAt: createdAt,
    closedAt: null,
    cancelReason: cancelled ? 'CUSTOMER' : null,
    sourceName: 'web',
    discountCodes: [],
    subtotalPrice: money(subtotal),
    totalDiscounts: money(0),
    totalShipping: money(shipping),
    taxesIncluded: true,
    totalTax: money(Math.round(subtotal / 6)),
    totalDuties: money(0),
    totalAdditionalFees: money(0),
    totalTip: money(0),
    totalRefunded: money(refunded),
    currentTotalPrice: money(total - refunded),
    presentment:
      number % 19 === 0
        ? { currency: 'EUR', totalPrice: '46.20' }
        : { currency: plan.currency, totalPrice: money(total) },
    shippingAddress: customer ? (customer.addresses[0] ?? null) : null,
    billingAddress: customer ? (customer.addresses[0] ?? null) : null,
    lines,
    refunds: refunded
      ? [
          {
            id: random.id(),
            createdAt,
            processedAt: createdAt,
            note: 'Arrived chipped',
            total: money(refunded),
            pending: money(0),
            lines: [
              {
                lineId: lines[0]?.id ?? null,
                title: lines[0]?.title ?? '',
                quantity: 1,
                restockType: 'NO_RESTOCK',
                subtotal: money(refunded),
                tax: money(0),
              },
            ],
          },
        ]
      : [],
    fulfillments: fulfilled
      ? [
          {
            id: random.id(),
            name: `#${number}-F1`,
            status: 'SUCCESS',
            shipmentStatus: random.pick(['DELIVERED', 'IN_TRANSIT', 'OUT_FOR_DELIVERY']),
            createdAt,
            trackingCompany: 'Royal Mail',
            trackingNumbers: [`GB${number}4471UK`],
            trackingUrls: [`https://track.example/GB${number}4471UK`],
          },
        ]
      : [],
  };
}
