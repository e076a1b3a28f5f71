import { render } from 'preact';
import { App } from './app.js';
import './style.css';
import './panels/panels.css';

render(<App />, document.getElementById('page')!);
