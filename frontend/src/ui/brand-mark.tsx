/** Storekeep's mark: a keep whose battlements are a shop's awning. */
export function BrandMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="var(--sk-accent)" />
      <path
        fill="var(--sk-on-accent)"
        d="M7 7h4v3h3V7h4v3h3V7h4v7.2a3 3 0 0 1-2 2.8v8h-4.5v-4.5a2.5 2.5 0 0 0-5 0V25H9v-8a3 3 0 0 1-2-2.8Z"
      />
    </svg>
  );
}
