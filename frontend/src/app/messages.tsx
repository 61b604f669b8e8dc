/** Where floating messages appear; fetched after the page itself. */
import '@mantine/notifications/styles.layer.css';
import { Notifications } from '@mantine/notifications';

export default function Messages() {
  return <Notifications position="bottom-right" limit={4} />;
}
