import { useEffect, useState } from 'preact/hooks';

/** Whether there is room for two columns; style.css knows the same number. */
export function useWide(): boolean {
  const [query] = useState(() => matchMedia('(min-width: 1100px)'));
  const [wide, setWide] = useState(query.matches);
  useEffect(() => {
    const change = () => setWide(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return wide;
}
