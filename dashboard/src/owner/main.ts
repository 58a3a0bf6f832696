import '../tokens.css';
import '../phone/phone.css';
import { mount } from 'svelte';
import Owner from './Owner.svelte';

const target = document.getElementById('app');
const token = location.pathname.split('/')[2] ?? '';
if (target !== null) mount(Owner, { target, props: { token } });
