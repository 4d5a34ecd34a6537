/* echo: the least a native host can do. Sends back what it reads. One hop. */
#include "frames.h"

int main(void) {
    copy(0, 1);
    return 0;
}
