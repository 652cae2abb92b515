import { describeApi } from '../../test/conformance/api/client.ts';
import { FakeApi } from '../../test/fakes/api.ts';

describeApi('the fake', async () => ({ client: new FakeApi(), namespace: 'web' }));
