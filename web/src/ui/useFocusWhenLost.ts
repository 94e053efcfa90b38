import { type RefObject, useEffect, useRef } from "react";

/**
 * Give an element the focus as it appears, where nothing else has it: a button that goes away or falls silent
 * under the fingers of somebody who works by keyboard would otherwise leave them at the top of the page.
 */
export function useFocusWhenLost<E extends HTMLElement>(wanted: boolean): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => {
    const focused = document.activeElement;
    const lost = focused === null || focused === document.body || focused.matches(":disabled");
    if (wanted && lost) element.current?.focus();
  }, [wanted]);
  return element;
}
