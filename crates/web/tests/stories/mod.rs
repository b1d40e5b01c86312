mod accounts;
mod frame;
mod sign_in;
