mod accounts;
mod frame;
mod register;
mod routes;
mod sheets;
mod sign_in;
mod words;
