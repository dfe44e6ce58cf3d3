mod block;
mod compose;
mod properties;
