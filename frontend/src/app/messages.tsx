/** Where floating messages appear; fetched after the page itself. */
import '@mantine/notifications/styles.layer.css';
import { Notifications } from '@mantine/notifications';
import classes from './messages.module.css';

export default function Messages() {
  return <Notifications className={classes.messages} position="bottom-right" limit={4} />;
}
