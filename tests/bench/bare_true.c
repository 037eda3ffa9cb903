// What true(1) does: with musl, nothing at all.
int main(void)
{
    return 0;
}
