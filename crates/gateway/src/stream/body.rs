//! The endless answer: HTTP pulls from it as fast as the client takes.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bellwether_hub::SubscriberId;
use bytes::Bytes;
use hyper::body::{Body, Frame};

use super::{Streams, outbox::Outbox};
use crate::access::Departure;

/// Its end, or that of the connection, ends the subscription.
pub(crate) struct EventBody {
    pub(super) streams: Arc<Streams>,
    pub(super) id: SubscriberId,
    pub(super) outbox: Arc<Outbox>,
    /// Comes with the end of the token; gone once it came.
    pub(super) departure: Option<Pin<Box<dyn Future<Output = Departure> + Send>>>,
}

impl Body for EventBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(departure) = &mut self.departure
            && let Poll::Ready(why) = departure.as_mut().poll(cx)
        {
            self.departure = None;
            self.outbox.seat().departs(why);
            self.outbox.close(why.code(), why.reason());
        }
        let pull = self.outbox.pull(cx, self.streams.now());
        self.streams.note(self.id, &pull);
        pull.chunk.map(|chunk| chunk.map(|bytes| Ok(Frame::data(bytes))))
    }
}

impl Drop for EventBody {
    fn drop(&mut self) {
        self.streams.part(self.id);
    }
}
