// The parts of a long screen, to jump to.
export const PartLinks = ({ parts }: { parts: readonly (readonly [id: string, label: string])[] }) => (
  <nav aria-label="On this page" className="mb-4 flex flex-wrap gap-x-1 gap-y-1">
    {parts.map(([id, label]) => (
      <a key={id} href={`#${id}`} className="rounded-full border border-line bg-panel px-3 py-0.5 text-xs hover:bg-raised">
        {label}
      </a>
    ))}
  </nav>
);
