import { render } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import { BLANK, type Happening, type Screen, screenAfter } from '../view/screen.ts';
import { App } from './app.tsx';
import { connect } from './connect.ts';

/** Milliseconds between two looks at what no longer stands out. */
const TICK = 1000;

function Page() {
  const [screen, dispatch] = useReducer<Screen, Happening>(screenAfter, BLANK);
  useEffect(() => {
    connect(dispatch);
    const timer = setInterval(() => dispatch({ kind: 'tick', now: performance.now() }), TICK);
    return () => clearInterval(timer);
  }, []);
  return <App screen={screen} dispatch={dispatch} />;
}

render(<Page />, document.body);
