mod accounts;
mod frame;
mod sheets;
mod sign_in;
