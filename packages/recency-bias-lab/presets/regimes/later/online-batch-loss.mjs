/** Online Batch by the mean losses of batches alone (Batch Loss Score, arXiv 2604.04681). */
import { onlineBatch, withBatchLoss } from 'recency-bias';

export default withBatchLoss(onlineBatch());
