import { defineWords } from '../define-words.ts';

export const audit = defineWords(
  {
    source: '内容',
    'source.site': '本项目审计',
    'source.all': '系统审计',
    'source.events': '事件流',
    find: '在已载入的记录中查找',
    at: '时间',
    by: '谁',
    action: '动作',
    subject: '对象',
    detail: '内容',
    hash: '校验',
    loaded: '已载入 {n} 条，符合 {m} 条',
    older: '载入更早的',
  },
  {
    source: 'Show',
    'source.site': 'Audit of this site',
    'source.all': 'Audit of the system',
    'source.events': 'Events',
    find: 'Find among what is loaded',
    at: 'Time',
    by: 'Who',
    action: 'Action',
    subject: 'Subject',
    detail: 'Detail',
    hash: 'Check',
    loaded: '{n} loaded, {m} fit',
    older: 'Load older ones',
  },
);
