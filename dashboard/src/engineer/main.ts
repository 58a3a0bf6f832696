import '../tokens.css';
import '../phone/phone.css';
import { mount } from 'svelte';
import Engineer from './Engineer.svelte';

const target = document.getElementById('app');
const token = location.pathname.split('/')[2] ?? '';
if (target !== null) mount(Engineer, { target, props: { token } });
