import './tokens.css';
import './controls.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { loadLanguage } from './i18n/language.svelte.ts';

await loadLanguage();
const target = document.getElementById('app');
if (target !== null) mount(App, { target });
